import path from "node:path";
import type { CommandModule } from "yargs";
import type { Box } from "../box/index.ts";
import { printableData } from "./status/printableData.ts";
import { Level } from "./doctor/finding.ts";
import { operatorKeys } from "./doctor/machine/agent.ts";
import { thisMachine } from "./doctor/machine/machine.ts";
import type { Circumstances } from "./circumstances.ts";
import { finish, Status, type Ended } from "./ended.ts";
import { endedWriting } from "./endedWriting.ts";
import { here } from "./here.ts";
import { limitAfter } from "./limits.ts";
import { visitAll } from "./ssh/visit.ts";
import { inspectOnDisk } from "./stackFile/onDisk.ts";
import { mistakeLine } from "./stackFile/mistake.ts";
import { boxStatus, needsAttention, type BoxStatus } from "./status/status.ts";
import { statusQuestion } from "./status/question.ts";
import { statusText } from "./status/text.ts";

interface StatusOptions {
  readonly file: string;
  readonly json: boolean;
}

/** `gatebox status`: how a box is, as its hosts and its Prometheus know it. */
export const statusCommand: CommandModule<object, StatusOptions> = {
  command: "status <file>",
  describe: "Show how a box is: what runs on each host, who holds which virtual IP, which alerts fire",
  builder: (yargs) =>
    yargs
      .positional("file", { describe: "Stack file, Pulumi.STACK.yaml", type: "string", demandOption: true })
      .option("json", { describe: "Print one object in JSON", type: "boolean", default: false })
      .example("$0 status Pulumi.mybox.yaml", "is all well?")
      .epilogue(
        "It logs in to each host that the stack configures, as `gatebox doctor` does, and asks what Gatebox runs there. It changes nothing, and ends within 10 s, whoever is silent. Status 1 says that something needs a person: a host, an address, an alert.",
      ),
  handler: async ({ file, json }) => {
    finish(await status(file, { json, here: here(), env: process.env, start: process.uptime() * 1000 }));
    await endedWriting();
  },
};

/**
 * Asks the hosts of a stack file how they are.
 *
 * @param file as the person has named it, relative to `here`
 */
export async function status(file: string, { json, here, env, start }: Circumstances): Promise<Ended> {
  const began = Date.now() - start;
  const { box, mistakes } = inspectOnDisk(file, here, { knownHosts: env["GATEBOX_KNOWN_HOSTS"] });
  const told = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  if (!box) return { status: Status.Mistakes, message: `${told}No host was asked.\n` };
  const folder = path.dirname(path.resolve(here, file));
  const machine = thisMachine({
    folder,
    env,
    limit: limitAfter(Date.now() - began),
  });
  const end = Date.now() + machine.limit;
  const { keys, finding } = await operatorKeys(machine);
  const agent = finding.level === Level.Fine ? "" : `${finding.check}: ${finding.message}; ${finding.hint ?? ""}\n`;
  const found = await askedHosts(box, {
    keys,
    ...statusQuestion,
    limit: end - Date.now(),
  });
  const ended = needsAttention(found) ? Status.Mistakes : Status.Fine;
  const output = json ? `${JSON.stringify(printableData(found), null, 2)}\n` : statusText(found, Date.now());
  // Warnings are the business of whoever changes the file.
  return { status: ended, output, message: agent };
}

async function askedHosts(box: Box, visits: Parameters<typeof visitAll>[1]): Promise<BoxStatus> {
  const hosts = Object.values(box.hosts).flatMap((host) =>
    host.connection === undefined ? [] : [{ host, connection: host.connection }],
  );
  const visited = await visitAll(
    hosts.map(({ connection }) => connection),
    visits,
  );
  return boxStatus(
    box,
    hosts.map((one, index) => ({ ...one, visit: visited[index] ?? {} })),
  );
}
