/** What a prober is to do. */

/** The name by which a {@link file://./badServer.ts} answers. */
export const BROKEN = "broken";

/** How requests are sent. */
interface Pace {
  /** Time between two requests, by default 10 ms. They are sent whether or not earlier ones were answered. */
  readonly intervalMs?: number;
  /** Time that a request has, connection and answer together, by default 1,000 ms. */
  readonly limitMs?: number;
}

/** One GET after the other, each over a connection of its own. */
export interface HttpProbe extends Pace {
  readonly kind: "http";
  readonly url: string;
  /** The address that is asked in place of the URL's host name, as `curl --resolve` does it. */
  readonly at?: string;
}

/** Connections that are closed as soon as they are open, or datagrams that an {@link file://./echo.ts} answers. */
export interface PacketProbe extends Pace {
  readonly kind: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

/** Time between two turns of the flows. */
export const TICK_MS = 10;

/** Many long connections to an {@link file://./echo.ts}, on each of which a message is sent now and then. */
export interface FlowProbe {
  readonly kind: "flows";
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  /** Connections, by default 200. */
  readonly count?: number;
  /** Time between two messages of a flow, by default 200 ms. The flows take turns, so that something is sent every {@link TICK_MS}. */
  readonly intervalMs?: number;
}

export type ProbeOptions = HttpProbe | PacketProbe | FlowProbe;

/** The usual time between two requests (or two messages of a flow). */
export function intervalOf(options: ProbeOptions): number {
  return options.intervalMs ?? (options.kind === "flows" ? 200 : 10);
}
