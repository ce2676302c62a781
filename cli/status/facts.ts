/** An assembly of a host, as it is there. */
export interface AssemblyFact {
  readonly name: string;
  /** Seconds since 1970 when it was last changed, by the host's clock. */
  readonly changed: number;
  /** The units that the last change was for; none where that is not known. */
  readonly changedBy: readonly string[];
  /** Whether its last transaction failed. */
  readonly lastFailed: boolean;
  /** Whether a transaction of it is open: under way, or cut off. */
  readonly interrupted: boolean;
  /** Whether all of its systemd units are up that ought to be. */
  readonly runs: boolean;
  /** The first that is not, and its state. */
  readonly failure?: string;
}

/** What the Prometheus of a host has said. */
export type AlertsFact = { readonly json: string } | { readonly failure: string };

/** What a host has told of itself by `facts.sh`. All of it is the host's own word: texts may hold anything. */
export interface HostFacts {
  /** Whether nothing is missing at the end. */
  readonly whole: boolean;
  /** Seconds since 1970 by the host's clock. */
  readonly clock: number | undefined;
  /** Seconds since 1970 when it was drained, by the host's clock; undefined where it is not. */
  readonly drained: number | undefined;
  readonly addresses: ReadonlySet<string>;
  readonly assemblies: readonly AssemblyFact[];
  /** Undefined where the host runs no Prometheus of Gatebox's. */
  readonly alerts: AlertsFact | undefined;
}

const FIRST_LINE = "gatebox-status 1";

/** The first line of an answer. */
export const firstLine = /^gatebox-status 1\r?\n/m;

/**
 * Reads what `facts.sh` has printed. Lines before its first are those of a login shell, lines that it never prints are passed
 * over.
 *
 * @returns undefined where it has printed nothing
 */
export function parseFacts(text: string): HostFacts | undefined {
  const lines = text.split(/\r?\n/);
  const first = lines.indexOf(FIRST_LINE);
  if (first === -1) return undefined;
  const end = lines.indexOf("end", first);
  const told = lines.slice(first + 1, end === -1 ? -1 : end).map(wordAndRest);
  const all = (name: string): readonly string[] => told.filter(({ word }) => word === name).map(({ rest }) => rest);
  const [json] = all("alerts");
  const [failure] = all("no-alerts");
  return {
    whole: end !== -1,
    clock: secondsOf(all("clock")[0] ?? ""),
    drained: secondsOf(all("drained")[0] ?? ""),
    addresses: new Set(all("address")),
    assemblies: all("assembly").flatMap((line) => assemblyOf(line, all)),
    alerts: json !== undefined ? { json } : failure !== undefined ? { failure } : undefined,
  };
}

function wordAndRest(line: string): { readonly word: string; readonly rest: string } {
  const blank = line.indexOf(" ");
  return blank === -1 ? { word: line, rest: "" } : { word: line.slice(0, blank), rest: line.slice(blank + 1).trim() };
}

function secondsOf(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function assemblyOf(line: string, all: (name: string) => readonly string[]): readonly AssemblyFact[] {
  const { word: name, rest } = wordAndRest(line);
  const switched = secondsOf(rest);
  if (name === "" || switched === undefined) return [];
  const told = (what: string): readonly string[] => all(what).map(wordAndRest).filter(({ word }) => word === name).map((one) => one.rest); // prettier-ignore
  const [failure] = told("fails");
  return [
    {
      name,
      changed: secondsOf(told("changed")[0] ?? "") ?? switched,
      changedBy: told("unit"),
      lastFailed: told("last").includes("failed"),
      interrupted: all("interrupted").includes(name),
      runs: failure === undefined && all("runs").includes(name),
      ...(failure === undefined ? {} : { failure }),
    },
  ];
}
