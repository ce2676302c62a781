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
  /** Whether it is the administrator of the lab's cluster who asks, as the operator's kubeconfig has it. */
  readonly administrator?: boolean;
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

/** The two flows of a {@link WatchProbe}, by their numbers. */
export const WATCH = { events: 0, writes: 1 } as const;

/**
 * A watch of the cluster's administrator on an object that is written again and again, and made anew as soon as it ends. Two
 * flows: each write on a connection of its own, and its event on the watch.
 */
export interface WatchProbe extends Pace {
  readonly kind: "watch";
  /** The URL of the API, without a path. */
  readonly url: string;
  readonly at: string;
}

/** Of so many files that a host writes, one is a file that all of them write. */
export const BOTH_EVERY = 10;

/** Files that hosts write and read back, a flow for each host: the next one, after a pause, when the last one is done. */
export interface FilesProbe {
  readonly kind: "files";
  readonly hosts: readonly string[];
  /** A directory of theirs that there is. */
  readonly directory: string;
  /** The pause, by default 5 ms. */
  readonly intervalMs?: number;
}

/** What goes on for as long as the prober does, and whose silences count: many messages, each of a flow. */
export type LongProbe = FlowProbe | WatchProbe | FilesProbe;

/** Requests, each for itself. */
export type RequestProbe = HttpProbe | PacketProbe;

export type ProbeOptions = RequestProbe | LongProbe;

const USUAL_MS = { http: 10, tcp: 10, udp: 10, flows: 200, watch: 100, files: 5 } as const;

/** The usual time between two requests (or two messages of a flow). */
export function intervalOf(options: ProbeOptions): number {
  return options.intervalMs ?? USUAL_MS[options.kind];
}
