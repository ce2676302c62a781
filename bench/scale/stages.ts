/**
 * Seeing where a transaction's time goes: the runtime with a mark at the beginning of each of its steps. A mark reads the
 * machine's clock without starting a process (in hundredths of a second), so it costs next to nothing.
 */
import { runtimeText } from "../../host/runtimeText.ts";
import { scriptFile } from "../../lab/scriptFile.ts";

/** The steps, each with the function of the runtime that begins it, in the order in which they run. */
export const STAGES = [
  { name: "text read, checked and laid out in files", begins: "receive", nth: 1 },
  { name: "lock taken", begins: "take_lock", nth: 1 },
  { name: "waited for units that come at the same time", begins: "gather", nth: 1 },
  { name: "previous state looked at", begins: "recover", nth: 1 },
  { name: "staged beside the live tree, compared with it", begins: "handle_pending", nth: 1 },
  { name: "checked by HAProxy and nftables", begins: "go_live", nth: 1 },
  { name: "made to last on the disk", begins: "next_generation", nth: 1 },
  { name: "guard set, links changed", begins: "switch_over", nth: 1 },
  { name: "HAProxy and border changed over", begins: "step", nth: 2 },
  { name: "operator's connection tried", begins: "way_in_open", nth: 1 },
  { name: "probed", begins: "step", nth: 3 },
  { name: "committed, older generations removed", begins: "commit", nth: 1 },
] as const;

/**
 * The runtime with its marks; it appends `NAME SECONDS` to `file` at each.
 *
 * @throws Error when the runtime has no such function any more
 */
export function markedRuntime(file: string): string {
  const mark = `marks_file=${file}\n${scriptFile(import.meta.dirname, "mark.sh")}`;
  const names = [...new Set(STAGES.map(({ begins }) => begins))];
  return names.reduce(
    (text, name) => {
      const head = new RegExp(`^${name}\\(\\) \\{.*$`, "m");
      if (!head.test(text))
        throw new Error(`the runtime has no function ${name}: bench/scale/stages.ts names its steps`);
      return text.replace(head, (line) => `${line}\n  mark ${name}`);
    },
    runtimeText().replace("\nset -u\n", `\nset -u\n${mark}`),
  );
}

/**
 * Milliseconds of each step, from the marks and the time of the end.
 *
 * @throws Error when a step has left no mark
 */
export function stageTimes(marks: string, end: number): readonly number[] {
  const seen = new Map<string, number[]>();
  for (const line of marks.trim().split("\n")) {
    const [name = "", at] = line.split(" ");
    seen.set(name, [...(seen.get(name) ?? []), Number(at)]);
  }
  const begins = STAGES.map(({ name, begins, nth }) => {
    const at = seen.get(begins)?.[nth - 1];
    if (at === undefined) throw new Error(`no mark of "${name}" in:\n${marks}`);
    return at;
  });
  return begins.map((at, index) => ((begins[index + 1] ?? end) - at) * 1000);
}
