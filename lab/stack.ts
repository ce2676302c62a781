/** A Pulumi stack whose state, configuration and passphrase belong to a directory, such as that of a lab. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { runAsOperator } from "./operator.ts";
import { clusterAuthority } from "./cluster/pki.ts";
import type { RunOptions, RunResult } from "./run.ts";
import { cacheDirectory, type Lab } from "./state.ts";
import type { Toolchain } from "./toolchain/index.ts";
import { languageHostOptions } from "./toolchain/programs.ts";

/** The checkout that this file belongs to. */
export const project = path.resolve(import.meta.dirname, "..");

/** Where a stack is kept and where its commands run. */
export interface StackHome {
  readonly directory: string;
  /** Files that the program finds beside its stack file, by name, as a site would have put them there. */
  readonly files?: Readonly<Record<string, string>>;
  run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult>;
}

/** Kept with the lab, run on its operator's workstation. */
export function operatorHome(lab: Lab): StackHome {
  const run: StackHome["run"] = (command, args, { env = {}, ...options }) =>
    runAsOperator(lab, command, args, { ...options, env: env as Record<string, string> });
  return { directory: path.join(lab.directory, "pulumi"), files: { "kube-ca.pem": clusterAuthority(lab) }, run };
}

/** Which program is applied with which configuration. */
export interface StackOptions {
  /** Name of the stack, for example `protobox`. */
  readonly name: string;
  /** Directory of the Pulumi program; by default this project. */
  readonly program?: string;
  /** The stack file's text; by default that of the program's `Pulumi.<name>.yaml`, read anew at every call. */
  readonly configuration?: string;
}

/** How one `pulumi` command is run. */
export interface PulumiOptions {
  /** Called with each line of output as it arrives. */
  readonly onLine?: (line: string) => void;
  /** Seconds until it is ended; by default 1800, twice what a first `up` takes on two cores that run other tests. */
  readonly timeoutSeconds?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** `inherit` gives it this process's own terminal. */
  readonly stdio?: "collect" | "inherit";
}

/**
 * A stack. Its workspace is a directory of links to the program, because Pulumi writes the salt of the
 * stack's passphrase into the stack file: the program's own file stays as it is committed.
 */
export interface LabStack {
  readonly directory: string;
  readonly name: string;
  /** Takes another stack file from now on. */
  configure(configuration: string): Promise<void>;
  /** Runs `pulumi ARGS…` where the stack is at home; a status other than 0 is no error here. */
  pulumi(args: readonly string[], options?: PulumiOptions): Promise<RunResult>;
}

const salt = /^encryptionsalt:.*$/m;

/** The stack file of a program. */
export function stackFile(program: string, name: string): Promise<string> {
  return readFile(path.join(program, `Pulumi.${name}.yaml`), "utf8");
}

/** The text of a file that the project's stack file names, for those who parse it themselves. */
export function readOfProject(file: string): string | undefined {
  const place = path.resolve(project, file);
  return existsSync(place) ? readFileSync(place, "utf8") : undefined;
}

async function passphraseFile(directory: string): Promise<string> {
  const file = path.join(directory, "passphrase");
  if (!existsSync(file)) {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, randomBytes(24).toString("base64"), { mode: 0o600, flag: "wx" }).catch(() => undefined);
  }
  return file;
}

/** What a Pulumi.yaml says of its program. */
interface Project {
  readonly main: string;
  readonly runtime: string | { readonly options?: { readonly typescript?: boolean; readonly nodeargs?: string } };
}

async function projectOf(program: string): Promise<Project> {
  return parse(await readFile(path.join(program, "Pulumi.yaml"), "utf8")) as Project;
}

/** The options of a project, for the language host that is built here; the vendor's hears them from the engine. */
function hostOptions({ runtime }: Project): Record<string, string> {
  const { typescript = true, nodeargs = "" } = (typeof runtime === "string" ? undefined : runtime.options) ?? {};
  return { [languageHostOptions.typescript]: String(typescript), [languageHostOptions.nodeargs]: nodeargs };
}

async function linkProgram(program: string, { main }: Project, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await cp(path.join(program, "Pulumi.yaml"), path.join(directory, "Pulumi.yaml"));
  for (const name of [main, "package.json"]) await symlink(path.join(program, name), path.join(directory, name));
  await symlink(path.join(project, "node_modules"), path.join(directory, "node_modules"));
}

/** The certificates that lie beside a program, for its stack files to name. */
async function certificatesBeside(program: string): Promise<Record<string, string>> {
  const files = (await readdir(program)).filter((name) => name.endsWith(".pem"));
  return Object.fromEntries(files.map((name) => [name, path.join(program, name)]));
}

/**
 * Removes the locks of engines that no longer run: one that was killed leaves its lock, and every later command would
 * fail on it.
 */
export async function removeStaleLocks(state: string): Promise<void> {
  const locks = path.join(state, ".pulumi", "locks");
  const names = await readdir(locks, { recursive: true }).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(".json"))) {
    const file = path.join(locks, name);
    const { pid } = JSON.parse(await readFile(file, "utf8")) as { pid: number };
    if (!existsSync(`/proc/${pid}`)) await rm(file, { force: true });
  }
}

/**
 * Opens a stack, made if it is not there yet.
 *
 * @example
 * const stack = await openStack(operatorHome(lab), toolchain, { name: "protobox" });
 * await stack.pulumi(["up", "--yes"]);
 */
export async function openStack(home: StackHome, toolchain: Toolchain, options: StackOptions): Promise<LabStack> {
  const program = options.program ?? project;
  const { name } = options;
  const directory = path.join(home.directory, "workspaces", `${path.basename(program)}-${name}`);
  const file = path.join(directory, `Pulumi.${name}.yaml`);
  const described = await projectOf(program);
  const env = {
    ...toolchain.env,
    ...hostOptions(described),
    PATH: [...toolchain.path, path.dirname(process.execPath), toolchain.kubernetes, process.env["PATH"] ?? ""].join(
      ":",
    ),
    // The engine writes the whole state at each step. Neither its checksums, which nobody asks for, nor a second copy of each
    // version are worth their time in a lab; what a killed `up` leaves is written as ever.
    PULUMI_BACKEND_URL: `file://${path.join(home.directory, "state")}?metadata=skip`,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_CONFIG_PASSPHRASE_FILE: await passphraseFile(home.directory),
    // As the README advises: before the program's first line Node has read the SDK, which is most of what is compiled.
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? cacheDirectory("node"),
  };
  let configuration = options.configuration;

  const keptSalt = async (): Promise<string> => salt.exec(await readFile(file, "utf8").catch(() => ""))?.[0] ?? "";
  const writeConfiguration = async (saltLine: string): Promise<void> => {
    const text = configuration ?? (await stackFile(program, name));
    await writeFile(file, `${text.replace(salt, "").trimEnd()}\n${saltLine}\n`, { mode: 0o600 });
  };
  const pulumi = (args: readonly string[], more: PulumiOptions = {}): Promise<RunResult> =>
    home.run("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: directory,
      timeoutSeconds: 1800,
      ...more,
      env: { ...env, ...more.env },
    });

  const saltBefore = await keptSalt();
  await linkProgram(program, described, directory);
  for (const [link, target] of Object.entries({ ...(await certificatesBeside(program)), ...home.files }))
    await symlink(target, path.join(directory, link));
  const state = path.join(home.directory, "state");
  await mkdir(state, { recursive: true, mode: 0o700 });
  if (process.platform === "linux") await removeStaleLocks(state);
  await writeConfiguration(saltBefore);
  const selected = await pulumi(["stack", "select", "--create", name], { timeoutSeconds: 120 });
  if (selected.code !== 0) throw new Error(`stack ${name} cannot be opened:\n${selected.stderr}`);

  return {
    directory,
    name,
    configure: async (text) => {
      configuration = text;
      await writeConfiguration(await keptSalt());
    },
    pulumi: async (args, more) => {
      await writeConfiguration(await keptSalt());
      return pulumi([...args, "--stack", name], more);
    },
  };
}
