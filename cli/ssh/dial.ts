import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { seconds } from "../limits.ts";
import { Stage, type Stopped } from "./stopped.ts";

/** Where a server listens. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Connects to a server directly. */
export function dial({ address, port }: Place, milliseconds: number): Promise<Socket | Stopped> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, autoSelectFamilyAttemptTimeout: 1000 });
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(unconnected(`it did not accept a connection within ${seconds(milliseconds)}`));
    }, milliseconds);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // Stays for later errors too: whoever uses the socket hears of its end.
    socket.on("error", (error) => {
      clearTimeout(timer);
      resolve(unconnected(explained(error)));
    });
  });
}

/** Connects to a server through a bastion. */
export function dialThrough(
  bastion: Client,
  { address, port }: Place,
  milliseconds: number,
): Promise<Duplex | Stopped> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve(unconnected(`the bastion did not reach it within ${seconds(milliseconds)}`)),
      milliseconds,
    );
    bastion.forwardOut("127.0.0.1", 0, address, port, (error, stream) => {
      clearTimeout(timer);
      if (error) resolve(unconnected(`the bastion cannot reach it: ${error.message}`));
      else resolve(stream.on("error", () => undefined));
    });
  });
}

function unconnected(problem: string): Stopped {
  return { stage: Stage.Connection, problem };
}

function explained(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: "it refuses the connection: nothing listens there",
    EHOSTUNREACH: "no way leads to it, or it is off",
    ENETUNREACH: "no route leads to its network",
    ENOTFOUND: "its name is not known",
    ETIMEDOUT: "it did not accept a connection in time",
  };
  return words[code] ?? error.message;
}
