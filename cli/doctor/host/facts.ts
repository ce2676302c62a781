/** An interface of a host. */
export interface Link {
  readonly name: string;
  /** Lower case; `-` where it has none. */
  readonly mac: string;
  /** As `ip` prints it: `UP`, `DOWN`, `UNKNOWN`. */
  readonly state: string;
  /** Whether it only goes by the MAC of another: a bridge, a VLAN. */
  readonly borrowed: boolean;
}

/** An address of a host's interface. */
export interface InterfaceAddress {
  readonly link: string;
  /** With the length of its network's prefix: `192.168.1.11/24`. */
  readonly cidr: string;
}

/** How the user of a host becomes root. */
export interface RootFact {
  readonly by: "itself" | "sudo" | "refused" | "missing";
  /** What sudo has said. */
  readonly said: string;
}

/** Whether a host can load nftables' rules, as far as that can be told. */
export interface NftablesFact {
  readonly state: "works" | "fails" | "loadable" | "missing";
  readonly said: string;
}

/** What is free at a place of a host's file system. */
export interface Space {
  readonly place: string;
  readonly free: number;
}

/** What a host has told of itself by `facts.sh`. All of it is the host's own word: texts may hold anything. */
export interface Facts {
  /** Whether nothing is missing at the end. */
  readonly whole: boolean;
  /** Seconds since 1970 by the host's clock. */
  readonly clock?: number;
  readonly root?: RootFact;
  /** Keys of os-release: `ID`, `VERSION_ID`, `PRETTY_NAME`. */
  readonly os: ReadonlyMap<string, string>;
  readonly init?: string;
  readonly systemd: boolean;
  /** Programs that it lacks. */
  readonly without: readonly string[];
  readonly nftables?: NftablesFact;
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  /** Kilobytes. */
  readonly space: readonly Space[];
  readonly inodes: readonly Space[];
}

const FIRST_LINE = "gatebox-facts 1";

/** Where the host's clock stands in an answer: its time of arrival is needed. */
export const clockLine = /^gatebox-facts 1\r?\nclock .*\n/m;

/**
 * Reads what `facts.sh` has printed. Lines before its first are those of a login shell, lines that it never prints are passed
 * over.
 *
 * @returns undefined for what it has not printed.
 */
export function parseFacts(text: string): Facts | undefined {
  const lines = text.split(/\r?\n/);
  const first = lines.indexOf(FIRST_LINE);
  if (first === -1) return undefined;
  const end = lines.indexOf("end", first);
  const told = lines.slice(first + 1, end === -1 ? -1 : end).map(words);
  const all = (name: string): readonly (readonly string[])[] =>
    told.filter(([word]) => word === name).map(([, ...rest]) => rest);
  const one = (name: string): readonly string[] | undefined => all(name)[0];
  const clock = one("clock")?.[0] ?? "";
  const [init] = one("init") ?? [];
  const root = oneOf(["itself", "sudo", "refused", "missing"], one("root"));
  const nftables = oneOf(["works", "fails", "loadable", "missing"], one("nftables"));
  return {
    whole: end !== -1,
    ...(/^\d{1,12}\.\d{1,9}$/.test(clock) ? { clock: Number(clock) } : {}),
    ...(root === undefined ? {} : { root: { by: root.word, said: root.rest } }),
    os: new Map(all("os").map(([key = "", ...value]) => [key, unquoted(value.join(" "))])),
    ...(init === undefined ? {} : { init }),
    systemd: one("systemd") !== undefined,
    without: all("without").map(([program = ""]) => program),
    ...(nftables === undefined ? {} : { nftables: { state: nftables.word, said: nftables.rest } }),
    links: all("link").flatMap(linkOf),
    addresses: all("address").flatMap(([link, cidr]) => (link && cidr ? [{ link, cidr }] : [])),
    space: all("space").flatMap(spaceOf),
    inodes: all("inodes").flatMap(spaceOf),
  };
}

function words(line: string): readonly string[] {
  return line.trim().split(/ +/);
}

function oneOf<const Word extends string>(
  known: readonly Word[],
  [first, ...rest]: readonly string[] = [],
): { readonly word: Word; readonly rest: string } | undefined {
  const word = known.find((one) => one === first);
  return word === undefined ? undefined : { word, rest: rest.join(" ") };
}

/** A value of os-release(5) without the quotes of the shell. */
function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, "$2");
}

function linkOf([name, mac, state, kind]: readonly string[]): readonly Link[] {
  return name && mac && state ? [{ name, mac: mac.toLowerCase(), state, borrowed: kind === "borrowed" }] : [];
}

function spaceOf([place, free = ""]: readonly string[]): readonly Space[] {
  return place && /^\d+$/.test(free) ? [{ place, free: Number(free) }] : [];
}
