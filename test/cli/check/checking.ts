import { inspectStackFile } from "../../../cli/stackFile/inspect.ts";
import { mistakeLine } from "../../../cli/stackFile/mistake.ts";

/** The lines that a check of a stack file's text answers with. */
export function linesOf(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const { mistakes } = inspectStackFile({
    file: "Pulumi.mine.yaml",
    text,
    stack: "mine",
    readFile: (path) => files[path],
  });
  return mistakes.map((mistake) => mistakeLine(mistake).replace("Pulumi.mine.yaml:", ""));
}

/** Replaces a part of a text that stands in it once. */
export function replaced(text: string, part: string, by: string): string {
  if (text.split(part).length !== 2)
    throw new Error(`${JSON.stringify(part)} stands ${text.split(part).length - 1} times`);
  return text.replace(part, () => by);
}
