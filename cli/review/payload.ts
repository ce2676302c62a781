/** What is sent to a host on the standard input of its runtime, read back: see host/payload.ts, which writes it. */

/** A file of a unit. */
export interface SentFile {
  readonly path: string;
  readonly mode: string;
  readonly text: string;
}

/** What a command sends. */
export type Sent =
  | { readonly kind: "unit"; readonly assembly: string; readonly unit: string; readonly files: readonly SentFile[] }
  | { readonly kind: "packages"; readonly packages: readonly string[]; readonly masked: readonly string[] }
  | { readonly kind: "text"; readonly text: string };

/** Reads what a command sends; what is none of Gatebox' own forms is a text. */
export function sentBy(stdin: string): Sent {
  if (stdin.startsWith("gatebox-unit 1\n")) return unit(stdin);
  if (stdin.startsWith("gatebox-packages 1\n")) return packages(stdin);
  return { kind: "text", text: stdin };
}

function unit(stdin: string): Sent {
  const named = { assembly: "", unit: "" };
  const files: { path: string; mode: string; lines: string[] }[] = [];
  for (const line of stdin.split("\n")) {
    const file = files.at(-1);
    if (file !== undefined && line.startsWith("|")) {
      file.lines.push(`${line.slice(1)}\n`);
      continue;
    }
    const [word, name = "", mode = ""] = line.split(" ");
    if (word === "file") files.push({ path: name, mode, lines: [] });
    else if (word === "assembly" || word === "unit") named[word] = name;
  }
  return {
    kind: "unit",
    ...named,
    files: files.map(({ path, mode, lines }) => ({ path, mode, text: lines.join("") })),
  };
}

function packages(stdin: string): Sent {
  const lines = stdin.split("\n");
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const others = after("from").map((line) => line.replace(/^(\S+) (\S+)$/, "$2 (of $1)"));
  return { kind: "packages", packages: [...after("package"), ...others], masked: after("mask") };
}
