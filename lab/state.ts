/** What a lab remembers between two commands, and where: one directory per lab, gone after `down`. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

/** State of every lab of this machine, one directory each. */
export const LABS_DIRECTORY = "/var/lib/gatebox-lab";

/** The lab that commands mean when neither `--name` nor GATEBOX_LAB names one. */
export const DEFAULT_LAB = "protobox";

/** A lab, by its name: where its files are and what its namespaces are called. */
export interface Lab {
  readonly name: string;
  /** Everything that the lab keeps on disk. */
  readonly directory: string;
  /** Public host keys of all hosts, in ssh's format. */
  readonly knownHosts: string;
  readonly operator: {
    readonly directory: string;
    readonly key: string;
    readonly agentSocket: string;
    readonly kubeconfig: string;
  };
}

/** What `up` decided for a lab; later commands keep to it. */
const recordSchema = z.object({
  /** Names of the hosts that the lab has. */
  hosts: z.array(z.string()),
  /** Number of the lab on this machine; its uplink's addresses follow from it. */
  index: z.number().int().min(0),
});

export type LabRecord = z.infer<typeof recordSchema>;

/**
 * The lab of a name. Nothing is read or made.
 *
 * @param name by default that of the environment's GATEBOX_LAB, else `protobox`
 * @throws when the name is none that namespaces and interfaces can carry
 * @example
 * const lab = labNamed("protobox");
 * lab.knownHosts; // "/var/lib/gatebox-lab/protobox/known_hosts"
 */
export function labNamed(name: string = process.env["GATEBOX_LAB"] ?? DEFAULT_LAB): Lab {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    throw new Error(`lab name "${name}": a name begins with a letter and has at most 20 of a-z, 0-9 and "-"`);
  }
  const directory = join(LABS_DIRECTORY, name);
  const operator = join(directory, "operator");
  return {
    name,
    directory,
    knownHosts: join(directory, "known_hosts"),
    operator: {
      directory: operator,
      key: join(operator, "id_ed25519"),
      agentSocket: join(operator, "agent.sock"),
      kubeconfig: join(operator, "kubeconfig"),
    },
  };
}

/** Network namespace of a part of the lab: a host, or `switch`, `uplink`, `operator`. */
export function namespaceOf(lab: Lab, part: string): string {
  return `gb-${lab.name}-${part}`;
}

/** The file that stands for a network namespace, as ip-netns(8) keeps it. */
export function namespacePath(namespace: string): string {
  return join("/run/netns", namespace);
}

/** Directory of what a host keeps on disk and of the files about its running. */
export function hostDirectory(lab: Lab, host: string): string {
  return join(lab.directory, "hosts", host);
}

/** The lab's record, or undefined when it has never been up (or is down again). */
export async function readRecord(lab: Lab): Promise<LabRecord | undefined> {
  const text = await readFile(recordPath(lab), "utf8").catch(() => undefined);
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
}

export async function writeRecord(lab: Lab, record: LabRecord): Promise<void> {
  await mkdir(lab.directory, { recursive: true, mode: 0o755 });
  await writeAtomically(recordPath(lab), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The labs that this machine has any state of. */
export async function labsOnThisMachine(): Promise<readonly string[]> {
  const entries = await readdir(LABS_DIRECTORY, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Writes a file so that a reader, or a run that is cut off, never meets half of it. */
export async function writeAtomically(path: string, content: string, mode = 0o644): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  await writeFile(temporary, content, { mode });
  await rename(temporary, path);
}

/**
 * The project's cache of the user: images, built programs. It outlives every lab.
 *
 * @example
 * cacheDirectory("image"); // "~/.cache/gatebox/image"
 */
export function cacheDirectory(part: string): string {
  const cache = process.env["XDG_CACHE_HOME"];
  return join(cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache"), "gatebox", part);
}

function recordPath(lab: Lab): string {
  return join(lab.directory, "lab.json");
}
