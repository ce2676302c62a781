/** The packages that hosts need, for `air-gapped.md`. */
import type { Registry } from "../render/assembly.ts";

/** A table of all packages by program, each program once. */
export function packageTable({ assemblies }: Registry): string {
  const byProgram = new Map<string, Set<string>>();
  for (const { name, packages } of assemblies.flatMap(({ programs }) => programs)) {
    const known = byProgram.get(name) ?? new Set();
    for (const each of packages) known.add(each);
    byProgram.set(name, known);
  }
  const rows = [...byProgram].map(([name, packages]) => `| ${name} | ${[...packages].sort().join(", ")} |`);
  return ["| program | packages |", "| --- | --- |", ...rows].join("\n");
}
