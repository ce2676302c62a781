/** Hosts and agents in this process: SSH servers that answer, lie, refuse or say nothing, and agents with a key. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import path from "node:path";
import ssh2 from "ssh2";
import type { AgentInboundRequest, AuthContext, ParsedKey, ServerChannel } from "ssh2";
import type { Connection } from "../../../box/model.ts";
import { sshKeyPair } from "../../sshKeyPair.ts";

/** A key pair of OpenSSH's form, and its public half as stack files have it. */
export function keyPair(): { readonly secret: string; readonly shown: string; readonly parsed: ParsedKey } {
  const { private: secret, parsed } = sshKeyPair("ed25519", 256);
  return { secret, shown: `ssh-ed25519 ${parsed.getPublicSSH().toString("base64")}`, parsed };
}

/** How a host behaves; by default it lets everybody in who has proved a key, and answers nothing. */
export interface Behaviour {
  /** The address that it listens on. @default "127.0.0.1" */
  readonly on?: string;
  readonly hostKey?: string;
  readonly authenticate?: (context: AuthContext) => void;
  /** What a command answers with, once its standard input has ended. */
  readonly answer?: (channel: ServerChannel, script: string) => void;
}

/** Servers and agents of a test, ended together. */
export class Stage {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** A TCP server, on 127.0.0.1 or on all addresses of this machine. */
  async listen(
    serve: (socket: Socket) => void,
    on = "127.0.0.1",
  ): Promise<{ readonly address: string; readonly port: number }> {
    const server = createServer((socket) => {
      this.#sockets.add(socket.on("error", () => undefined));
      serve(socket);
    });
    this.#servers.push(server);
    server.listen(0, on);
    await once(server, "listening");
    return { address: "127.0.0.1", port: (server.address() as AddressInfo).port };
  }

  /** An SSH server; `seen` counts what came to it. */
  async host(behaviour: Behaviour = {}): Promise<{ readonly connection: Connection; readonly seen: Seen }> {
    const { secret, shown } = keyPair();
    const seen: Seen = { connections: 0, logins: [], commands: [], scripts: [] };
    const server = new ssh2.Server({ hostKeys: [behaviour.hostKey ?? secret] }, (client) => {
      client.on("error", () => undefined);
      client.on("authentication", (context) => {
        seen.logins.push(context.username);
        if (behaviour.authenticate) behaviour.authenticate(context);
        else context.accept();
      });
      client.on("session", (accept) => {
        accept().on("exec", (acceptExec, _reject, { command }) => {
          seen.commands.push(command);
          const channel = acceptExec();
          let script = "";
          channel.on("data", (chunk: Buffer) => (script += chunk.toString()));
          channel.on("end", () => {
            seen.scripts.push(script);
            behaviour.answer?.(channel, script);
          });
        });
      });
      client.on("tcpip", (accept, _reject, { destIP, destPort }) => {
        const target = connect(destPort, destIP).on("error", () => undefined);
        this.#sockets.add(target);
        target.pipe(accept()).pipe(target);
      });
    });
    const place = await this.listen((socket) => {
      seen.connections += 1;
      server.injectSocket(socket);
    }, behaviour.on);
    return { connection: { ...place, user: "root", hostKey: shown }, seen };
  }

  /** An SSH agent with these keys, on a socket below `folder`; it signs with none that is `unwilling`. */
  async agent(
    folder: string,
    keys: readonly ParsedKey[] = [keyPair().parsed],
    unwilling: readonly ParsedKey[] = [],
  ): Promise<string> {
    const socket = path.join(folder, `agent-${this.#servers.length}`);
    const server = createServer((stream) => {
      this.#sockets.add(stream.on("error", () => undefined));
      const protocol = new ssh2.AgentProtocol(false);
      protocol.on("error", () => undefined);
      protocol.on("identities", (request: AgentInboundRequest) => protocol.getIdentitiesReply(request, [...keys]));
      protocol.on("sign", (request: AgentInboundRequest, wanted: ParsedKey, data: Buffer) => {
        const key = keys.find((one) => one.getPublicSSH().equals(wanted.getPublicSSH()));
        if (key && !unwilling.includes(key)) protocol.signReply(request, key.sign(data));
        else protocol.failureReply(request);
      });
      stream.pipe(protocol).pipe(stream);
    });
    this.#servers.push(server);
    server.listen(socket);
    await once(server, "listening");
    return socket;
  }

  /** A socket below `folder` at which nobody says anything. */
  async silentSocket(folder: string): Promise<{ readonly socket: string }> {
    const socket = path.join(folder, "silent");
    const server = createServer((stream) => void this.#sockets.add(stream.on("error", () => undefined)));
    this.#servers.push(server);
    server.listen(socket);
    await once(server, "listening");
    return { socket };
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers.splice(0)) server.close();
  }
}

/** What came to a host. */
export interface Seen {
  connections: number;
  readonly logins: string[];
  readonly commands: string[];
  readonly scripts: string[];
}
