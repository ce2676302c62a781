/** The files that a stack would put on its hosts, without an engine and without hosts. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { parseBox, sectionsOf } from "../box/index.ts";
import { boxUnits } from "../render/boxUnits.ts";
import { project, readOfProject, stackFile } from "./stack.ts";

/**
 * Writes what each host of a stack would get below `directory`, as `HOST/ASSEMBLY/PATH`.
 *
 * @returns how many files of how many hosts there are
 */
export async function writeRendered(stack: string, directory: string): Promise<{ files: number; hosts: number }> {
  const { config = {} } = parse(await stackFile(project, stack)) as { config?: Record<string, unknown> };
  const box = parseBox({ name: stack, values: sectionsOf(config), readFile: readOfProject, hostKeys: "optional" });
  const units = boxUnits(box, "gatebox");
  await rm(directory, { recursive: true, force: true });
  for (const { host, assembly, files } of units) {
    for (const file of files) {
      const place = path.join(directory, host, assembly, file.path);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, file.text);
    }
  }
  return { files: units.flatMap(({ files }) => files).length, hosts: new Set(units.map(({ host }) => host)).size };
}
