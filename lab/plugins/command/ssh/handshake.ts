/** The SSH handshake and authentication on a connected stream. */
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { AnyAuthMethod, AuthenticationType, Client, ClientErrorExtensions, ConnectConfig } from "ssh2";
import type { Hop } from "./connection.ts";
import type { Identity } from "./identity.ts";
import { addressOf } from "./tcp.ts";

/**
 * Limit for banner, key exchange and authentication, in ms. The official plugin has none and hangs on a server that
 * accepts connections and says nothing; an overloaded host needs a few seconds.
 */
export const HANDSHAKE_LIMIT = 30_000;

/** A host that answers nothing for interval × count = 60 s is gone: the command on it is reported as lost. */
const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 4 };

/** The methods that can be tried, in order. Each name is tried once: a rejected key is not followed by the agent. */
function methodsOf({ user }: Hop, identity: Identity): AnyAuthMethod[] {
  const { key, password, agentSocket } = identity;
  const methods: AnyAuthMethod[] = [];
  if (key !== undefined) methods.push({ type: "publickey", username: user, key });
  if (password !== undefined) {
    methods.push({ type: "password", username: user, password });
    methods.push({
      type: "keyboard-interactive",
      username: user,
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)),
    });
  }
  if (agentSocket !== undefined) methods.push({ type: "agent", username: user, agent: agentSocket });
  return methods;
}

const wireName = (method: AnyAuthMethod): AuthenticationType => (method.type === "agent" ? "publickey" : method.type);

/** Chooses methods that the server offers, and remembers what was rejected. */
class Authentication {
  readonly #methods: AnyAuthMethod[];
  readonly #user: string;
  readonly #tried: string[] = [];
  #last: AuthenticationType = "none";

  constructor(hop: Hop, identity: Identity) {
    this.#methods = methodsOf(hop, identity);
    this.#user = hop.user;
  }

  next(offered: AuthenticationType[] | null, partialSuccess: boolean | null): AnyAuthMethod | false {
    if (offered === null) return { type: "none", username: this.#user };
    if (!partialSuccess && !this.#tried.includes(this.#last)) this.#tried.push(this.#last);
    const method = this.#methods.find(
      (candidate) => offered.includes(wireName(candidate)) && !this.#tried.includes(wireName(candidate)),
    );
    if (method === undefined) return false;
    this.#last = wireName(method);
    return method;
  }

  get failure(): string {
    return `ssh: unable to authenticate, attempted methods [${this.#tried.join(" ")}], no supported methods remain`;
  }
}

/** Accepts only the given host key, and reports what was wrong with another. */
class HostKeyCheck {
  readonly #expected: Identity["hostKey"];
  #failure: string | undefined;

  constructor(expected: Identity["hostKey"]) {
    this.#expected = expected;
  }

  get config(): Partial<ConnectConfig> {
    const expected = this.#expected;
    if (expected === undefined) return {};
    // As the official plugin does, which takes the key's type for the one algorithm to offer: with an RSA key that is a
    // signature with SHA-1, which servers of today do not make.
    return {
      algorithms: { serverHostKey: [expected.type] as never },
      hostVerifier: (key: Buffer) => {
        const same = key.equals(expected.getPublicSSH());
        if (!same) this.#failure = "ssh: host key mismatch";
        return same;
      },
      // The only place where ssh2 tells which types the server has.
      debug: (message) => {
        const offered = /^Handshake: \(remote\) Host key format: (.*)$/.exec(message)?.[1]?.split(",");
        if (offered !== undefined && !offered.includes(expected.type))
          this.#failure =
            `ssh: no common algorithm for host key; we offered: [${expected.type}], ` +
            `peer offered: [${offered.join(" ")}]`;
      },
    };
  }

  get failure(): string | undefined {
    return this.#failure;
  }
}

/**
 * Makes an SSH client on a connected stream. On failure the stream is destroyed.
 *
 * @param limit in ms
 * @throws Error that begins with `ssh: handshake`; the reason of `signal` if that is aborted meanwhile
 */
export function handshake(
  stream: Duplex,
  hop: Hop,
  identity: Identity,
  signal: AbortSignal,
  limit: number = HANDSHAKE_LIMIT,
): Promise<Client> {
  return new Promise((ready, failed) => {
    const client = new ssh2.Client();
    const authentication = new Authentication(hop, identity);
    const hostKey = new HostKeyCheck(identity.hostKey);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      client.off("close", closed).off("error", broken);
    };
    const fail = (error: Error) => {
      settle();
      client.on("error", () => {}); // what closing says is of no interest, but unheard errors end the process
      client.end();
      stream.destroy();
      failed(error);
    };
    const failHandshake = (reason: string) => fail(new Error(`ssh: handshake failed: ${hostKey.failure ?? reason}`));
    const stop = () => fail(signal.reason as Error);
    const closed = () => failHandshake("the server closed the connection");
    const broken = (error: Error & ClientErrorExtensions) => {
      // One key that the agent cannot use is not the end: ssh2 goes on to the next one.
      if (error.level === "agent") return;
      failHandshake(error.level === "client-authentication" ? authentication.failure : error.message);
    };
    const timer = setTimeout(() => {
      const rule = `${addressOf(hop)} accepts connections, but did not finish the handshake within ${limit / 1000} s`;
      failHandshake(`${rule}: is it an SSH server, and is it overloaded?`);
    }, limit);
    signal.addEventListener("abort", stop);
    client.on("close", closed).on("error", broken);
    client.once("ready", () => {
      settle();
      ready(client);
    });
    try {
      client.connect({
        sock: stream,
        username: hop.user,
        readyTimeout: 0,
        ...KEEPALIVE,
        ...hostKey.config,
        authHandler: (offered, partialSuccess, next) => {
          next(authentication.next(offered, partialSuccess) as never);
        },
      });
    } catch (error) {
      failHandshake((error as Error).message);
    }
  });
}
