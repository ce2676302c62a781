/** What `gatebox drain`, `undrain` and `reboot` have in common: which stack, which hosts, how it ends. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Argv } from "yargs";
import type { Box, Host } from "../../box/model.ts";
import { suggestion } from "../../box/nearMiss.ts";
import { printable } from "../../box/printable.ts";
import { registry } from "../../render/registry.ts";
import { operatorKeys } from "../doctor/machine/agent.ts";
import { thisMachine } from "../doctor/machine/machine.ts";
import { Level } from "../doctor/finding.ts";
import { finish, Status, UsageError, type Ended } from "../ended.ts";
import { endedWriting } from "../endedWriting.ts";
import { here } from "../here.ts";
import { limits } from "../limits.ts";
import { stackFileName } from "../stackName.ts";
import { mistakeLine } from "../stackFile/mistake.ts";
import { inspectOnDisk } from "../stackFile/onDisk.ts";
import { printableData } from "../status/printableData.ts";
import { askBySsh, type Ask } from "./ask.ts";
import { NotDone, type Work } from "./work.ts";

/** Options of all three. */
export interface CalledOptions {
  readonly file: string | undefined;
  readonly stack: string | undefined;
  readonly json: boolean;
  readonly force: boolean;
  readonly wait: number;
}

/** Adds the options of all three to a command line. */
export function withOptions<T>(yargs: Argv<T>, { force, wait, seconds }: Words): Argv<T & CalledOptions> {
  const options = yargs
    .option("file", { alias: "f", describe: "Stack file, Pulumi.STACK.yaml", type: "string", requiresArg: true })
    .option("stack", {
      alias: "s",
      describe: "Name of the stack, instead of its file",
      type: "string",
      requiresArg: true,
    })
    .option("json", { describe: "Print one object in JSON", type: "boolean", default: false })
    .option("force", { describe: force, type: "boolean", default: false })
    .option("wait", { describe: wait, type: "number", requiresArg: true, default: seconds })
    .check(({ file, stack, wait: given }) => {
      if (file !== undefined && stack !== undefined) throw new UsageError("Give --file or --stack, not both.");
      if (!Number.isInteger(given) || given < 0 || given > 86_400)
        throw new UsageError("--wait: write a whole number of seconds, 86400 at most.");
      return true;
    });
  return options;
}

/** What two options do, and the default of one. */
interface Words {
  readonly force: string;
  readonly wait: string;
  readonly seconds: number;
}

/** What is printed at the end. */
export interface Outcome {
  readonly status: Status;
  readonly text: string;
  readonly data: object;
}

/** Where it is called from; tests have other hosts and another clock. */
export interface Surroundings extends Pick<Work, "now" | "pause" | "say"> {
  readonly here: string;
  readonly env: NodeJS.ProcessEnv;
  /** Instead of SSH. */
  readonly ask?: Ask;
}

/** Does the work of a command and ends with it. */
export async function runHere(options: CalledOptions, work: (work: Work) => Promise<Outcome>): Promise<void> {
  const surroundings: Surroundings = {
    here: here(),
    env: process.env,
    now: Date.now,
    pause: (milliseconds) => pause(milliseconds),
    // What happens is told while it happens.
    say: (sentence) => process.stderr.write(`${sentence}\n`),
  };
  finish(await run(options, surroundings, work));
  await endedWriting();
}

/** The same, for tests. */
export async function run(
  options: CalledOptions,
  { here, env, ask, say, ...clock }: Surroundings,
  work: (work: Work) => Promise<Outcome>,
): Promise<Ended> {
  const file = options.file ?? (options.stack === undefined ? onlyStackFile(here) : stackFileName(options.stack));
  const { box, mistakes } = inspectOnDisk(file, here, { knownHosts: env["GATEBOX_KNOWN_HOSTS"], asApplied: true });
  if (!box) {
    const told = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
    return { status: Status.Mistakes, message: `${told}No host was asked.\n` };
  }
  const clean = (sentence: string): void => say(lines(sentence));
  try {
    const asked = ask ?? (await bySsh(path.dirname(path.resolve(here, file)), env, clean));
    const { status, text, data } = await work({ box, registry, ask: asked, say: clean, ...clock });
    return { status, output: options.json ? `${JSON.stringify(printableData(data), null, 2)}\n` : `${lines(text)}\n` };
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    const failure = lines(error.message);
    return options.json
      ? { status: Status.Mistakes, output: `${JSON.stringify({ failure }, null, 2)}\n` }
      : { status: Status.Mistakes, message: `${failure}\n` };
  }
}

/** A text of several lines with nothing in it that a terminal obeys: parts of it are hosts' own words. */
function lines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

async function bySsh(folder: string, env: NodeJS.ProcessEnv, say: Work["say"]): Promise<Ask> {
  const { keys, finding } = await operatorKeys(thisMachine({ folder, env, limit: limits.most }));
  if (finding.level !== Level.Fine) say(`${finding.check}: ${finding.message}; ${finding.hint ?? ""}`);
  return askBySsh(keys);
}

function onlyStackFile(here: string): string {
  const found = readdirSync(here).filter((name) => /^Pulumi\.[\w.-]+\.ya?ml$/.test(name));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const why = only === undefined ? "there is no stack file here" : `there are several here: ${found.join(", ")}`;
  throw new UsageError(`Give --file or --stack: ${why}.`);
}

/**
 * A host that the stack configures.
 *
 * @throws NotDone for another name
 */
export function hostOf(box: Box, name: string): Host {
  const configured = Object.values(box.hosts).filter(({ connection }) => connection !== undefined);
  const found = configured.find((host) => host.name === name);
  if (found !== undefined) return found;
  throw new NotDone(
    `${name}: ${unknown(
      name,
      configured.map((host) => host.name),
      "host that the stack configures",
    )}`,
  );
}

/**
 * The hosts of names, each of which is a host's or a pool's.
 *
 * @throws NotDone for another name
 */
export function hostsOf(box: Box, names: readonly string[]): Host[] {
  const members = names.flatMap((name) => {
    if (Object.hasOwn(box.hosts, name)) return [name];
    const pool = Object.hasOwn(box.pools, name) ? box.pools[name] : undefined;
    if (pool !== undefined) return pool.members;
    const all = [...Object.keys(box.hosts), ...Object.keys(box.pools)];
    throw new NotDone(`${name}: ${unknown(name, all, "host or pool")}`);
  });
  return [...new Set(members)].map((name) => hostOf(box, name));
}

function unknown(name: string, known: readonly string[], what: string): string {
  return `no such ${what}${suggestion(name, known)}`;
}

/** What a drain does not see to on a host, as a sentence; undefined where there is nothing. */
export function clusterNote(box: Box, host: Host): string | undefined {
  const isGateway = box.kubeGateways !== undefined && box.pools[box.kubeGateways.pool]?.members.includes(host.name);
  const isMaster = box.controlPlane?.masters.some(({ name }) => name === host.name);
  if (isGateway !== true && isMaster !== true) return undefined;
  return `${host.name} is a node of the cluster too: its pods stay there (kubectl drain ${host.name} moves them)`;
}
