import path from "node:path";
import type { CommandModule } from "yargs";
import type { Box } from "../box/index.ts";
import { printable } from "../box/printable.ts";
import { kubeconfigSource } from "./doctor/cluster/kubeconfig.ts";
import { operatorKeys } from "./doctor/machine/agent.ts";
import { thisMachine } from "./doctor/machine/machine.ts";
import { Level } from "./doctor/finding.ts";
import type { Circumstances } from "./circumstances.ts";
import { finish, Status, UsageError, type Ended } from "./ended.ts";
import { endedWriting } from "./endedWriting.ts";
import { here } from "./here.ts";
import { limits } from "./limits.ts";
import { visitAll } from "./ssh/visit.ts";
import { stackFileName } from "./stackName.ts";
import { mistakeLine } from "./stackFile/mistake.ts";
import { parseYaml } from "./stackFile/parse.ts";
import { configurationIn } from "./stackFile/wholeFile.ts";
import { inspectOnDisk, stackOf, textOf } from "./stackFile/onDisk.ts";
import { projectOf } from "./stackFile/project.ts";
import { printableData } from "./status/printableData.ts";
import { firstLine } from "./verify/answer.ts";
import { declarationsOf } from "./verify/declaration.ts";
import { boxDrift, hasDrift, isIncomplete, type BoxDrift } from "./verify/drift.ts";
import { verifyLimits } from "./verify/limits.ts";
import { questionFor, verifyCommand } from "./verify/question.ts";
import { repairsOf, repairText } from "./verify/repair.ts";
import { noServices, servicesDrift, type ServicesDrift } from "./verify/services.ts";
import { driftText } from "./verify/text.ts";

interface VerifyOptions {
  readonly file: string | undefined;
  readonly stack: string | undefined;
  readonly host: readonly string[];
  readonly json: boolean;
  readonly repair: boolean;
  readonly cluster: boolean;
}

/** `gatebox verify`: what on the hosts is not as the stack file declares it. */
export const verifyCommandModule: CommandModule<object, VerifyOptions> = {
  command: "verify [file]",
  describe:
    "Compare every host with what is declared: files, units, rules, settings, packages, addresses, mounts; and Services in Kubernetes",
  builder: (yargs) =>
    yargs
      .positional("file", { describe: "Stack file, Pulumi.STACK.yaml", type: "string" })
      .option("stack", {
        alias: "s",
        describe: "Name of the stack, instead of its file",
        type: "string",
        requiresArg: true,
      }) // prettier-ignore
      .option("host", {
        describe: "Only this host; may be given more than once",
        type: "string",
        array: true,
        requiresArg: true,
        default: [],
      }) // prettier-ignore
      .option("json", { describe: "Print one object in JSON", type: "boolean", default: false })
      .option("repair", {
        describe: "Print, after the rest, the command lines that make the next up put right exactly what differs",
        type: "boolean",
        default: false,
      })
      .option("cluster", {
        describe: "Compare the box's Services in Kubernetes too (--no-cluster does not); not with --host",
        type: "boolean",
        default: true,
      })
      .check(({ file, stack }) => {
        if ((file === undefined) === (stack === undefined)) throw new UsageError("Give a stack file or --stack.");
        return true;
      })
      .example("$0 verify Pulumi.mybox.yaml", "what was changed by hand?")
      .example("$0 verify -s mybox --host gateway-1 --json", "one host, for a program")
      .epilogue(
        "It logs in to each host that the stack configures, once, and changes nothing. Of a secret it says only that it differs. Here status 1 says that something differs, and 2 that something could not be compared: a host that cannot be reached, say; what the others have told is printed all the same.",
      ),
  handler: async ({ file, stack, host, ...asked }) => {
    const name = file ?? stackFileName(stack ?? "");
    finish(await verify(name, host, { ...asked, here: here(), env: process.env }));
    await endedWriting();
  },
};

/** How it is asked. */
interface Asked extends Omit<Circumstances, "start"> {
  readonly repair?: boolean;
  /** Whether the cluster is asked for the box's Services. @default true */
  readonly cluster?: boolean;
}

/**
 * Compares the hosts of a stack file with it, and its Services in the cluster.
 *
 * @param file as the person has named it, relative to `here`
 * @param only names of hosts; none is all of them
 * @throws UsageError for a host that the stack does not configure
 */
export async function verify(
  file: string,
  only: readonly string[],
  { json, repair = false, cluster = true, here, env }: Asked,
): Promise<Ended> {
  const { box, mistakes } = inspectOnDisk(file, here, {
    knownHosts: env["GATEBOX_KNOWN_HOSTS"],
    asApplied: true,
  });
  const told = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  if (!box) return { status: Status.WrongUsage, message: `${told}No host was asked.\n` };
  const configured = Object.values(box.hosts).filter(({ connection }) => connection !== undefined);
  const unknown = only.find((name) => !configured.some((host) => host.name === name));
  if (unknown !== undefined) throw new UsageError(`--host ${unknown}: the stack configures no such host`);
  const folder = path.dirname(path.resolve(here, file));
  const { keys, finding } = await operatorKeys(thisMachine({ folder, env, limit: limits.most }));
  const agent = finding.level === Level.Fine ? "" : `${finding.check}: ${finding.message}; ${finding.hint ?? ""}\n`;
  const project = projectOf(folder);
  const source = kubeconfigSource(configurationOf(path.resolve(here, file)), folder, env);
  const isAsked = cluster && only.length === 0;
  const services = isAsked ? servicesDrift(box, source, verifyLimits.cluster) : Promise.resolve(noServices);
  const found = await compare({ box, project, only, keys, services });
  const status = isIncomplete(found) ? Status.WrongUsage : hasDrift(found) ? Status.Mistakes : Status.Fine;
  const repairs = repairsOf(found, { stack: stackOf(file), project }, markOf(new Date()));
  const data = repair ? { ...found, repairs } : found;
  const output = json
    ? `${JSON.stringify(printableData(data), null, 2)}\n`
    : `${driftText(found)}${repair ? `\n${printedLines(repairText(repairs))}` : ""}`;
  return { status, output, message: agent };
}

/** A time as `hosts.NAME.repair` takes it, and as no YAML takes for a date. */
function markOf(time: Date): string {
  return `at-${time.toISOString().replace(/\.\d+Z$/, "Z")}`;
}

function printedLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** What is compared with what. */
interface Comparison {
  readonly box: Box;
  readonly project: string;
  readonly only: readonly string[];
  readonly keys: Parameters<typeof visitAll>[1]["keys"];
  readonly services: Promise<ServicesDrift>;
}

async function compare({ box, project, only, keys, services }: Comparison): Promise<BoxDrift> {
  const declarations = declarationsOf(box, project);
  const asked = Object.values(box.hosts).flatMap((host) => {
    const declaration = declarations.get(host.name);
    const isAsked = only.length === 0 || only.includes(host.name);
    if (host.connection === undefined || declaration === undefined || !isAsked) return [];
    return [{ host, connection: host.connection, declaration }];
  });
  const visits = await visitAll(
    asked.map(({ connection }) => connection),
    {
      keys,
      command: verifyCommand,
      script: (index) => questionFor(asked[index]?.declaration.lines ?? []),
      mark: firstLine,
      limit: verifyLimits.visit,
      atOnce: verifyLimits.atOnce,
    },
  );
  return boxDrift(
    box,
    asked.map((one, index) => ({ ...one, visit: visits[index] ?? {} })),
    await services,
  );
}

function configurationOf(place: string): Readonly<Record<string, unknown>> {
  return configurationIn(parseYaml(textOf(place) ?? "").value) ?? {};
}
