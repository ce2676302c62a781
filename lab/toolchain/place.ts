import { randomUUID } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a file beside its place and renames it into it: another run may put the same there, or use it, at this very moment.
 *
 * @param make makes the file under the name that it is given, which does not exist yet
 * @example await place(starter, (file) => writeFile(file, text, { mode: 0o755 }));
 */
export async function place(file: string, make: (file: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const made = `${file}.${randomUUID()}`;
  await make(made);
  await rename(made, file);
}
