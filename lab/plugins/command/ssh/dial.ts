/** Connects to a host, through a bastion if the connection has one. */
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { Call } from "../../protocol/provider.ts";
import type { Connection, Hop } from "./connection.ts";
import { handshake } from "./handshake.ts";
import { identityOf } from "./identity.ts";
import { retry } from "./retry.ts";
import { addressOf, connectTcp } from "./tcp.ts";

/** An open connection. */
export interface Link {
  readonly client: Client;
  /** Why the connection was given up, if it was: the host has not answered for a while. */
  lost(): string | undefined;
  /** Waits for work on the connection; throws if that breaks meanwhile, as some requests would then never be answered. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Closes the connection, and that to the bastion. */
  close(): void;
}

type Dialling = Pick<Call, "log" | "signal">;

/** How long a peer may take to close a connection that we have ended, in ms. */
const CLOSING_LIMIT = 2000;

function linkOf(client: Client, stream: Duplex, hop: Hop, closeBelow: () => void): Link {
  let lost: string | undefined;
  const broken = new Promise<never>((_, fail) => {
    client.once("close", () => fail(new Error(lost ?? `the connection to ${addressOf(hop)} broke`)));
  });
  broken.catch(() => {}); // usually it breaks when nobody waits any more
  client.on("error", (error) => {
    if (error.level === "client-timeout") lost = `the connection to ${addressOf(hop)} was lost: ${error.message}`;
  });
  return {
    client,
    lost: () => lost,
    during: (work) => Promise.race([work, broken]),
    close() {
      client.once("close", closeBelow);
      client.end();
      setTimeout(() => {
        stream.destroy();
        closeBelow();
      }, CLOSING_LIMIT).unref();
    },
  };
}

async function dialDirectly(hop: Hop, dialling: Dialling, label: string): Promise<Link> {
  const identity = await identityOf(hop);
  return retry(label, hop.dialErrorLimit, dialling, async () => {
    const socket = await connectTcp(hop, dialling.signal);
    return linkOf(await handshake(socket, hop, identity, dialling.signal), socket, hop, () => {});
  });
}

/** RFC 4254, section 5.1: why a channel could not be opened. */
const openFailures: Record<string, string> = {
  "1": "administratively prohibited",
  "2": "connect failed",
  "3": "unknown channel type",
  "4": "resource shortage",
};

/** A stream to the host, made by the bastion. */
function forward(bastion: Client, hop: Hop): Promise<Duplex> {
  return new Promise((opened, failed) => {
    bastion.forwardOut("127.0.0.1", 0, hop.host, hop.port, (error, channel) => {
      if (error === undefined) {
        opened(channel);
        return;
      }
      const { reason, message } = error as Error & { reason?: string | number };
      const words = message.replace("(SSH) Channel open failure: ", "");
      failed(new Error(`ssh: rejected: ${openFailures[String(reason)] ?? "unknown reason"} (${words})`));
    });
  });
}

/** Every attempt has a channel of its own: one on which a handshake failed is of no more use. */
async function dialThrough(connection: Connection, proxy: Hop, dialling: Dialling): Promise<Link> {
  const identity = await identityOf(connection);
  const limit = connection.dialErrorLimit;
  try {
    const bastion = await dialDirectly(proxy, dialling, "Dial proxy");
    try {
      return await retry("Dial", limit, dialling, async () => {
        const open = () => forward(bastion.client, connection);
        const channel = await retry("Dial from proxy", limit, dialling, open);
        const client = await handshake(channel, connection, identity, dialling.signal);
        return linkOf(client, channel, connection, () => bastion.close());
      });
    } catch (error) {
      bastion.close();
      throw error;
    }
  } catch (error) {
    dialling.signal.throwIfAborted();
    throw new Error(`proxy: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Connects; failed attempts are repeated and logged.
 *
 * @throws Error with the number of attempts and the last reason; at once if a key or agent is unusable
 */
export function dial(connection: Connection, dialling: Dialling): Promise<Link> {
  return connection.proxy === undefined
    ? dialDirectly(connection, dialling, "Dial")
    : dialThrough(connection, connection.proxy, dialling);
}
