/** The TCP connect of a dial attempt. */
import { createConnection, isIPv6 } from "node:net";
import type { Socket } from "node:net";
import { systemReason } from "../goText.ts";
import type { Hop } from "./connection.ts";

/** `host:port`, with brackets around an IPv6 address. */
export const addressOf = ({ host, port }: Pick<Hop, "host" | "port">): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

function connectReason(hop: Hop, error: NodeJS.ErrnoException & { errors?: Error[] }): string {
  if (error.syscall === "getaddrinfo") return `dial tcp: lookup ${hop.host}: ${systemReason(error)}`;
  // A host with several addresses: the last one tried speaks for all.
  const cause = (error.errors?.at(-1) ?? error) as NodeJS.ErrnoException & { address?: string };
  const address = addressOf({ host: cause.address ?? hop.host, port: hop.port });
  return `dial tcp ${address}: connect: ${systemReason(cause)}`;
}

/**
 * Connects within `hop.perDialTimeout`.
 * @throws Error naming the address; the reason of `signal` if that is aborted meanwhile
 */
export function connectTcp(hop: Hop, signal: AbortSignal): Promise<Socket> {
  return new Promise((connected, failed) => {
    const socket = createConnection({ host: hop.host, port: hop.port, noDelay: true, keepAlive: true });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    const fail = (error: Error) => {
      settle();
      socket.destroy();
      failed(error);
    };
    const stop = () => fail(signal.reason as Error);
    const timer =
      hop.perDialTimeout > 0
        ? setTimeout(() => fail(new Error(`dial tcp ${addressOf(hop)}: i/o timeout`)), hop.perDialTimeout * 1000)
        : undefined;
    signal.addEventListener("abort", stop);
    socket.once("error", (error) => fail(new Error(connectReason(hop, error))));
    socket.once("connect", () => {
      settle();
      socket.removeAllListeners("error");
      // Between here and the handshake nobody listens, and an unheard error ends the process.
      socket.on("error", () => {});
      connected(socket);
    });
  });
}
