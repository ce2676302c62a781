/** What a host has told by `host/serving.pl`. All of it is the host's own word: texts may hold anything. */

/** A route of a host, and how much of what is behind it can be reached. */
export interface RouteFact {
  readonly assembly: string;
  readonly name: string;
  readonly up: number;
  readonly of: number;
}

/** A certificate of a host. */
export interface CertificateFact {
  /** The file, or `shown to clients`. */
  readonly where: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** An answer. */
export interface ServingFacts {
  /** Whether nothing is missing at the end. */
  readonly whole: boolean;
  /** Versions of packages by their names. */
  readonly versions: ReadonlyMap<string, string>;
  /** Assemblies whose program has answered that it is well. */
  readonly well: ReadonlySet<string>;
  /** What is wrong with the others, by their names. */
  readonly ill: ReadonlyMap<string, string>;
  readonly routes: readonly RouteFact[];
  readonly certificates: readonly CertificateFact[];
  /** What could not be told, and why. */
  readonly unknown: readonly string[];
}

const FIRST_LINE = "gatebox-serving 1";

/** The first line of an answer. */
export const firstServingLine = /^gatebox-serving 1\r?\n/m;

/**
 * Reads what the script has printed; lines that it never prints are passed over.
 *
 * @returns undefined where it has printed nothing
 */
export function parseServing(text: string): ServingFacts | undefined {
  const lines = text.split(/\r?\n/);
  const first = lines.indexOf(FIRST_LINE);
  if (first === -1) return undefined;
  const end = lines.indexOf("end", first);
  const told = lines.slice(first + 1, end === -1 ? -1 : end).map((line) => line.split("\t"));
  const all = (what: string): string[][] => told.filter(([word]) => word === what).map(([, ...rest]) => rest);
  return {
    whole: end !== -1,
    versions: new Map(all("version").map(([name = "", version = ""]) => [name, version])),
    well: new Set(all("well").map(([assembly = ""]) => assembly)),
    ill: new Map(all("ill").map(([assembly = "", why = ""]) => [assembly, why])),
    routes: all("route").flatMap(routeOf),
    certificates: all("certificate").flatMap(certificateOf),
    unknown: all("unknown").map((words) => words.join(": ")),
  };
}

function routeOf([assembly = "", name = "", ...numbers]: string[]): RouteFact[] {
  if (numbers.length !== 2 || !numbers.every((one) => /^\d{1,6}$/.test(one))) return [];
  const [up = 0, of = 0] = numbers.map(Number);
  return up <= of ? [{ assembly, name, up, of }] : [];
}

/** As OpenSSL writes it: "Nov  3 07:05:09 2027 GMT". */
function certificateOf([where = "", said = ""]: string[]): CertificateFact[] {
  const until = /^[A-Z][a-z]{2} +\d{1,2} [\d:]{8} \d{4} GMT$/.test(said) ? Date.parse(said) : NaN;
  return Number.isNaN(until) ? [] : [{ where, until }];
}
