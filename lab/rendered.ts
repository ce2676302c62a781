/** The files that a stack would put on its hosts, without an engine and without hosts: the program run with mocks. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { project, stackFile } from "./stack.ts";

/** Configuration as the engine hands it to a program: everything is a string, objects as JSON. */
function configurationOf(text: string): Record<string, string> {
  const { config = {} } = parse(text) as { config?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** The payloads of all units, by the name of the resource that carries them. */
async function payloads(stack: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        const { stdin } = inputs as { stdin?: string };
        if (stdin?.startsWith("gatebox-unit ") === true) found.set(name, stdin);
        return { id: name, state: inputs as Record<string, unknown> };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "gatebox",
    stack,
    true,
  );
  pulumi.runtime.setAllConfig(configurationOf(await stackFile(project, stack)));
  await import("../index.ts");
  await pulumi.runtime.disconnect(false);
  return found;
}

/** One file of a unit's payload. */
interface PayloadFile {
  readonly path: string;
  readonly text: string;
}

function filesOf(payload: string): readonly PayloadFile[] {
  const files: { path: string; text: string }[] = [];
  for (const line of payload.split("\n")) {
    if (line.startsWith("file ")) files.push({ path: line.split(" ")[1] ?? "", text: "" });
    const file = files.at(-1);
    if (line.startsWith("|") && file !== undefined) file.text += `${line.slice(1)}\n`;
  }
  return files;
}

/**
 * Writes what each host of a stack would get below `directory`, as `HOST/ASSEMBLY/PATH`.
 *
 * @returns how many files of how many hosts there are
 */
export async function writeRendered(stack: string, directory: string): Promise<{ files: number; hosts: number }> {
  await rm(directory, { recursive: true, force: true });
  const hosts = new Set<string>();
  let files = 0;
  for (const [name, payload] of await payloads(stack)) {
    const assembly = /^assembly (.+)$/m.exec(payload)?.[1] ?? "";
    const host = name.slice(0, name.indexOf(`-${assembly}-`));
    hosts.add(host);
    for (const file of filesOf(payload)) {
      const place = path.join(directory, host, assembly, file.path);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, file.text);
      files += 1;
    }
  }
  return { files, hosts: hosts.size };
}
