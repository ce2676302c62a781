import type { Effect } from "./assembly.ts";

/** Whether a file of an assembly's tree is among those whose change has an effect. */
export function hasEffect({ files }: Effect, path: string): boolean {
  return files.some((one) => {
    if (one.endsWith("/")) return path.startsWith(one);
    const [start = "", end] = one.split("*");
    if (end === undefined) return path === one;
    return path.startsWith(start) && path.endsWith(end) && !path.slice(start.length).includes("/");
  });
}
