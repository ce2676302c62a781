/** A prober, a watch over the holders of an address, and a far end, each started with one call. */
import { etherOf, hostNamed, type NetworkName } from "../../../lab/inventory.ts";
import type { Lab } from "../../../lab/state.ts";
import type { Answer } from "./answers.ts";
import type { Change, Reply } from "./holders.ts";
import type { ProbeOptions } from "./options.ts";
import { startProgram, type Program } from "./program.ts";

/** Something that is being recorded. */
export interface Recording<Result> {
  /** Resolves when the first thing was recorded. */
  readonly begun: Promise<unknown>;
  /** Ends it, and gives all. */
  readonly stop: () => Promise<Result>;
}

/** What a prober found, and what it cost. */
export interface Probed {
  readonly answers: readonly Answer[];
  /** Processor time of the prober, in milliseconds. */
  readonly cpuMs: number;
}

/**
 * Starts a prober where a user is.
 *
 * @example
 * const prober = startProbe(lab, "client", { kind: "http", url: "https://protobox.test/", at: "192.168.0.33" });
 * await prober.begun;
 * // … break something …
 * const { answers } = await prober.stop();
 */
export function startProbe(lab: Lab, from: string, options: ProbeOptions): Recording<Probed> {
  const program = startProgram<Answer | { cpuMs: number }>(lab, from, "probe.ts", [lab.name, JSON.stringify(options)]);
  return {
    begun: program.begun,
    stop: async () => {
      const lines = await program.stop();
      const cost = lines.find((line) => "cpuMs" in line);
      return { answers: lines.filter((line) => "sentAt" in line), cpuMs: cost?.cpuMs ?? 0 };
    },
  };
}

/** An address that moves between hosts. */
export interface Vip {
  /** Its name in the stack file. */
  readonly name: string;
  readonly address: string;
  readonly network: NetworkName;
  readonly hosts: readonly string[];
  /** Who asks by ARP who has it: not the one who probes. */
  readonly neighbour: string;
}

/** Who held an address, and who answered for it. */
export interface Watched {
  readonly changes: readonly Change[];
  readonly replies: readonly Reply[];
}

/** A watch that also knows the present state. */
export interface Watch extends Recording<Watched> {
  /** Hosts that hold the address now. */
  readonly holders: () => readonly string[];
  /** Hosts that have answered for it in the last so many milliseconds up to `now`. */
  readonly answering: (now: number, withinMs: number) => readonly string[];
}

/** Watches an address: on the hosts' kernels every 20 ms, and by ARP from a neighbour ten times a second. */
export function watchVip(lab: Lab, vip: Vip): Watch {
  const holders = startProgram<Change>(lab, undefined, "watchHolders.ts", [lab.name, vip.address, ...vip.hosts]);
  const arp = startProgram<{ at: number; ether: string }>(lab, vip.neighbour, "watchArp.ts", [
    vip.network,
    vip.address,
  ]);
  const replies = (): Reply[] => arp.lines.map(({ at, ether }) => ({ at, host: hostOf(vip, ether) }));
  return {
    begun: holders.begun,
    holders: () => holders.lines.at(-1)?.holders ?? [],
    answering: (now, withinMs) => [
      ...new Set(
        replies()
          .filter(({ at }) => at > now - withinMs)
          .map(({ host }) => host),
      ),
    ],
    stop: async () => {
      const [changes] = await Promise.all([holders.stop(), arp.stop()]);
      return { changes, replies: replies() };
    },
  };
}

/** The host with a hardware address; one that belongs to none of them is reported as it is. */
function hostOf(vip: Vip, ether: string): string {
  const own = vip.hosts.find((host) => etherOf(hostNamed(host).addresses[vip.network] ?? "") === ether);
  return own ?? ether;
}

/** Starts the far end of flows and datagrams in a host's network. */
export function startEcho(lab: Lab, host: string, port: number): Recording<void> {
  return server(startProgram(lab, host, "echo.ts", [String(port)]));
}

/** Starts a server in a host's network that answers every request with a status, after so many milliseconds. */
export function startBadServer(
  lab: Lab,
  host: string,
  at: { readonly address: string; readonly port: number; readonly status: number; readonly delayMs: number },
): Recording<void> {
  const args = [at.address, at.port, at.status, at.delayMs].map(String);
  return server(startProgram(lab, host, "badServer.ts", args));
}

function server(program: Program<unknown>): Recording<void> {
  return {
    begun: program.begun,
    stop: async () => {
      await program.stop();
    },
  };
}
