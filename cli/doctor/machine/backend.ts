import { access, constants, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { bounded } from "../../../box/printable.ts";
import { fine, wrong, type Finding } from "../finding.ts";
import type { Machine } from "./machine.ts";
import { runProgram } from "./program.ts";
import { unusable } from "./versions.ts";

/** Where Pulumi keeps the state of stacks: the first that says so, as Pulumi itself asks them. */
export async function backendUrl({ folder, env }: Machine): Promise<string | undefined> {
  const home = env["PULUMI_HOME"] ?? path.join(env["HOME"] ?? homedir(), ".pulumi");
  const project: unknown = await read(path.join(folder, "Pulumi.yaml"), parse);
  const stored: unknown = await read(path.join(home, "credentials.json"), JSON.parse);
  return [env["PULUMI_BACKEND_URL"], valueAt(project, ["backend", "url"]), valueAt(stored, ["current"])].find(
    (url): url is string => typeof url === "string" && url !== "",
  );
}

/** Whether Pulumi is logged in there. A folder is looked at and not asked for: `pulumi` would begin a state in an empty one. */
export async function backendFinding(url: string | undefined, machine: Machine): Promise<Finding> {
  const hint = "pulumi login, or name a backend in PULUMI_BACKEND_URL";
  if (url === undefined) return wrong("Pulumi login", "Pulumi is logged in nowhere", hint);
  if (url.startsWith("file://")) return folderFinding(url, machine);
  const ended = await runProgram("pulumi", ["whoami", "--json", "--non-interactive"], {
    cwd: machine.folder,
    env: machine.env,
    milliseconds: machine.limit,
  });
  const at = bounded(withoutSecrets(url));
  if (ended.code !== 0) return wrong("Pulumi login", `at ${at}: ${withoutSecrets(unusable("pulumi", ended))}`, hint);
  const user = valueAt(attempt(JSON.parse, ended.output), ["user"]);
  return fine("Pulumi login", `${typeof user === "string" ? bounded(user) : "logged in"} at ${at}`);
}

async function folderFinding(url: string, { folder, env }: Machine): Promise<Finding> {
  const written = url.slice("file://".length).replace(/\?.*$/, "");
  const place = path.resolve(folder, written.replace(/^~(?=\/|$)/, env["HOME"] ?? homedir()));
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
    return fine("Pulumi login", `state in ${bounded(place)}`);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const message = `the state's folder ${bounded(place)} ${isMissing ? "does not exist" : "cannot be written"}`;
    return wrong("Pulumi login", message, isMissing ? `mkdir -p ${place}` : `look: ls -ld ${place}`);
  }
}

/** A URL without the user and the parameters that it may hold: both may be secrets. */
function withoutSecrets(text: string): string {
  return text.replace(/:\/\/[^/@\s]*@/g, "://").replace(/\?\S*/g, "");
}

async function read(file: string, parser: (text: string) => unknown): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : attempt(parser, text);
}

function attempt(parser: (text: string) => unknown, text: string): unknown {
  try {
    return parser(text);
  } catch {
    return undefined;
  }
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (holder, key) =>
      typeof holder === "object" && holder !== null ? (holder as Readonly<Record<string, unknown>>)[key] : undefined,
    value,
  );
}
