import path from "node:path";
import { parse } from "yaml";
import { textOf } from "./onDisk.ts";

/** The name of the Pulumi project that a folder is of: names of units have it. */
export function projectOf(folder: string): string {
  const text = textOf(path.join(folder, "Pulumi.yaml"));
  const project: unknown = text === undefined ? undefined : parse(text);
  const isNamed = typeof project === "object" && project !== null && "name" in project;
  return isNamed && typeof project.name === "string" ? project.name : "gatebox";
}
