import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { printableData } from "./status/printableData.ts";
import { Level } from "./doctor/finding.ts";
import { operatorKeys } from "./doctor/machine/agent.ts";
import { thisMachine } from "./doctor/machine/machine.ts";
import type { Circumstances } from "./circumstances.ts";
import { finish, Status, UsageError, type Ended } from "./ended.ts";
import { endedWriting } from "./endedWriting.ts";
import { here } from "./here.ts";
import { limitAfter } from "./limits.ts";
import { inspectOnDisk } from "./stackFile/onDisk.ts";
import { projectOf } from "./stackFile/project.ts";
import { mistakeLine } from "./stackFile/mistake.ts";
import { statusHtml } from "./status/html.ts";
import { look } from "./status/look.ts";
import { needsAttention, type BoxStatus } from "./status/status.ts";
import { statusText } from "./status/text.ts";
import { endOfPerson, watched } from "./status/watch.ts";

interface StatusOptions {
  readonly file: string;
  readonly json: boolean;
  readonly drift: boolean;
  readonly html: string | undefined;
  /** Seconds; "" without a number behind it, undefined without the option. */
  readonly watch: string | undefined;
}

/** Seconds between two looks. */
const usualPause = 5;

/** Longer than any look without drift. */
const longestPause = 86_400;

/** `gatebox status`: how a box is, as its hosts and its Prometheus know it. */
export const statusCommand: CommandModule<object, StatusOptions> = {
  command: "status <file>",
  describe: "Show how a box is: who serves, who holds which virtual IP, routes, versions, certificates, alerts",
  builder: (yargs) =>
    yargs
      .positional("file", { describe: "Stack file, Pulumi.STACK.yaml", type: "string", demandOption: true })
      .option("json", { describe: "Print one object in JSON", type: "boolean", default: false })
      .option("html", { describe: "Write one self-contained HTML file as well", type: "string", requiresArg: true })
      .option("drift", {
        describe: "Compare hosts with what is declared as well, as verify does: takes seconds more",
        type: "boolean",
        default: false,
      })
      .option("watch", {
        describe: `Look again and again, with so many seconds in between, until Ctrl-C [default: ${usualPause}]`,
        type: "string",
      })
      .check(({ watch }) => {
        pauseOf(watch);
        return true;
      })
      .example("$0 status Pulumi.mybox.yaml", "is all well?")
      .example("$0 status Pulumi.mybox.yaml --watch 10", "a table that renews itself every 10 s")
      .example("$0 status Pulumi.mybox.yaml --drift --html status.html", "a page for people without a terminal")
      .epilogue(
        "It logs in to each host that the stack configures, as `gatebox doctor` does, once, and asks what Gatebox runs there. It changes nothing, and ends within 10 s, whoever is silent (with --drift within 25 s). Status 1 says that something needs a person: a host, an address, a route, a certificate, an alert, with --drift a difference.",
      ),
  handler: async ({ file, watch, ...asked }) => {
    const circumstances = { ...asked, here: here(), env: process.env };
    const pause = pauseOf(watch);
    if (pause === undefined) finish(await status(file, { ...circumstances, start: process.uptime() * 1000 }));
    else await watching(file, circumstances, pause);
    await endedWriting();
  },
};

/**
 * Seconds between two looks; undefined for one look.
 *
 * @throws UsageError for what is no such number
 */
function pauseOf(watch: string | undefined): number | undefined {
  if (watch === undefined) return undefined;
  if (watch === "") return usualPause;
  const pause = Number(watch);
  if (/^\d+$/.test(watch) && pause >= 1 && pause <= longestPause) return pause;
  throw new UsageError(
    `--watch ${watch}: that is no number of seconds from 1 to ${longestPause}; the stack file stands before --watch`,
  );
}

/** How a box is asked for its status. */
interface Asked extends Circumstances {
  readonly drift?: boolean;
  /** The file for the HTML page, relative to `here`. */
  readonly html?: string | undefined;
  /** Seconds after which another look follows: a page loads itself anew by then. */
  readonly again?: number;
}

async function watching(file: string, asked: Omit<Asked, "start">, pause: number): Promise<void> {
  const person = endOfPerson();
  try {
    const ended = await watched(() => status(file, { ...asked, start: 0, again: pause }), {
      pause: pause * 1000,
      out: process.stdout,
      isLineEach: asked.json,
      ended: person.signal,
    });
    process.exitCode = ended;
  } finally {
    person.giveBack();
  }
}

/**
 * Asks the hosts of a stack file how they are.
 *
 * @param file as the person has named it, relative to `here`
 */
export async function status(file: string, asked: Asked): Promise<Ended> {
  const { json, here, env, start, drift = false } = asked;
  const began = Date.now() - start;
  const known = { knownHosts: env["GATEBOX_KNOWN_HOSTS"], ...(drift ? { asApplied: true } : {}) };
  const { box, mistakes } = inspectOnDisk(file, here, known);
  const told = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  if (!box) return { status: Status.Mistakes, message: `${told}No host was asked.\n` };
  const folder = path.dirname(path.resolve(here, file));
  const machine = thisMachine({ folder, env, limit: limitAfter(Date.now() - began) });
  const end = Date.now() + machine.limit;
  const { keys, finding } = await operatorKeys(machine);
  const agent = finding.level === Level.Fine ? "" : `${finding.check}: ${finding.message}; ${finding.hint ?? ""}\n`;
  const driftOf = drift ? projectOf(folder) : undefined;
  const found = await look(box, { keys, limit: end - Date.now(), driftOf });
  const failure = pageFailure(found, asked);
  // Warnings are the business of whoever changes the file.
  return {
    status: failure !== "" || needsAttention(found) ? Status.Mistakes : Status.Fine,
    output: json ? jsonText(found, asked) : statusText(found),
    message: `${agent}${failure}`,
  };
}

/** One object, in a line of its own where others follow. */
function jsonText(found: BoxStatus, { again }: Asked): string {
  const data = printableData({ ...found, at: new Date(found.at).toISOString() });
  return `${again === undefined ? JSON.stringify(data, null, 2) : JSON.stringify(data)}\n`;
}

/** Writes the page where one is wanted, as a whole: whoever reads it meanwhile has the one before. Says what keeps it from being written. */
function pageFailure(found: BoxStatus, { html, here, again }: Asked): string {
  if (html === undefined) return "";
  const place = path.resolve(here, html);
  try {
    writeFileSync(`${place}.new`, statusHtml(found, again));
    renameSync(`${place}.new`, place);
    return "";
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return `gatebox status: --html ${html}: ${error.message}\n`;
  }
}
