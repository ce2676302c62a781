/** What a host has said of its differences. All of it is the host's own word: texts may hold anything. */

const FIRST_LINE = "gatebox-verify 1";

/** The first line of an answer. */
export const firstLine = /^gatebox-verify 1\r?\n/m;

/** A difference, as the host tells it. */
export interface ToldDrift {
  /** `file`, `link`, `unit`, `rules`, `sysctl`, `package`, `mount` or `transaction`. */
  readonly kind: string;
  readonly assembly: string;
  /** The unit of Gatebox that declares it; "" where no single one does. */
  readonly unit: string;
  readonly where: string;
  /** One word, for example `missing`. */
  readonly problem: string;
  readonly detail: string;
  /** The text that is there, where it may be told. */
  readonly there?: string;
  /** The text that ought to be, where only the host knows it. */
  readonly declared?: string;
}

/** An answer. */
export interface Answer {
  /** Whether nothing is missing at the end. */
  readonly whole: boolean;
  readonly drifts: readonly ToldDrift[];
  readonly addresses: readonly { readonly networkInterface: string; readonly address: string }[];
  /** What could not be compared, and why. */
  readonly unknown: readonly string[];
}

/**
 * Reads what the script has printed. Lines before its first are those of a login shell, lines that it never prints are passed over.
 *
 * @returns undefined where it has printed nothing
 */
export function parseAnswer(text: string): Answer | undefined {
  const lines = text.split("\n").map((line) => (line.startsWith("|") || line.startsWith("<") ? line : line.trimEnd()));
  const first = lines.indexOf(FIRST_LINE);
  if (first === -1) return undefined;
  const end = lines.indexOf("end", first);
  const told = lines.slice(first + 1, end === -1 ? -1 : end);
  const addresses = told.flatMap((line) => {
    const [what, networkInterface, address] = line.split("\t");
    return what === "address" && networkInterface !== undefined && address !== undefined
      ? [{ networkInterface, address }]
      : [];
  });
  const unknown = told
    .filter((line) => line.startsWith("unknown\t"))
    .map((line) => line.split("\t").slice(1).join(": "));
  return { whole: end !== -1, drifts: told.flatMap((line, at) => driftAt(line, told, at)), addresses, unknown };
}

function driftAt(line: string, lines: readonly string[], at: number): ToldDrift[] {
  const [what, kind = "", assembly = "", unit = "", where = "", problem = "", detail = ""] = line.split("\t");
  if (what !== "drift") return [];
  const isText = (one: string): boolean => one.startsWith("|") || one.startsWith("<");
  const next = lines.findIndex((one, index) => index > at && !isText(one));
  const texts = lines.slice(at + 1, next === -1 ? lines.length : next);
  const there = textOf(texts, "|");
  const declared = textOf(texts, "<");
  return [
    {
      kind,
      assembly,
      unit,
      where,
      problem,
      detail,
      ...(there === undefined ? {} : { there }),
      ...(declared === undefined ? {} : { declared }),
    },
  ];
}

function textOf(lines: readonly string[], mark: string): string | undefined {
  const own = lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1));
  return own.length === 0 ? undefined : own.join("\n");
}
