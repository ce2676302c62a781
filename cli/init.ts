import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import type { Argv, CommandModule } from "yargs";
import { lineOf } from "../box/violations.ts";
import { finish, Status, UsageError, type Ended } from "./ended.ts";
import { here } from "./here.ts";
import { asked, suggested, type AllAnswers, type Ask } from "./init/answers.ts";
import { questions, type Answers } from "./init/questions.ts";
import { sectionsFrom } from "./init/sections.ts";
import { inspectStackFile } from "./stackFile/inspect.ts";
import { Severity } from "./stackFile/mistake.ts";
import { stackFileText } from "./stackFile/stackFileText.ts";
import { stackFileName } from "./stackName.ts";

type InitOptions = Readonly<Record<string, unknown>> & { readonly stack: string; readonly yes: boolean };

/** `gatebox init`: a first stack file, by answers to a few questions. */
export const initCommand: CommandModule<object, InitOptions> = {
  command: "init [stack]",
  describe: "Write a first stack file, by questions or flags",
  builder: (yargs) =>
    withFlags(
      yargs
        .positional("stack", { describe: "Name of the stack", type: "string", default: "mybox" })
        .option("yes", {
          alias: "y",
          describe: "Ask nothing: take flags and suggestions",
          type: "boolean",
          default: false,
        })
        .epilogue(
          "It writes Pulumi.STACK.yaml, which `gatebox check` finds no mistake in, and never over an existing one. Further sections: README.md.",
        ),
    ),
  handler: async ({ stack, yes, ...flags }) => {
    const given: Answers = Object.fromEntries(
      questions.flatMap(({ key, flag }) => (typeof flags[flag] === "string" ? [[key, flags[flag]]] : [])),
    );
    if (!yes && !process.stdin.isTTY) throw new UsageError("There is no terminal to ask on: give --yes, and flags.");
    finish(yes ? init(stack, given, here()) : await initOnTerminal(stack, given));
  },
};

/** A flag for each question. */
function withFlags<Options>(yargs: Argv<Options>): Argv<Options> {
  for (const { flag, text } of questions) yargs.option(flag, { describe: text, type: "string", requiresArg: true });
  return yargs;
}

async function initOnTerminal(stack: string, given: Answers): Promise<Ended> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Else the end of the input would leave a question open for ever.
  const closed = new AbortController();
  terminal.on("close", () => closed.abort());
  try {
    return await initByQuestions(stack, given, here(), (text) => terminal.question(text, { signal: closed.signal }));
  } catch (error) {
    if (!closed.signal.aborted) throw error;
    return { status: Status.Mistakes, message: "\nNothing is written.\n" };
  } finally {
    terminal.close();
  }
}

/** Writes a stack file from flags and suggestions alone. */
export function init(stack: string, given: Answers, here: string): Ended {
  const refused = alreadyThere(stack, here);
  if (refused) return refused;
  const { answers, faults } = suggested(given);
  const mistakes = faults.length > 0 ? faults : mistakesOf(stack, answers);
  if (mistakes.length === 0) return write(stack, answers, here);
  return { status: Status.Mistakes, message: `${mistakes.join("\n")}\nNothing is written.\n` };
}

/** Asks until the stack file has no mistake, and writes it. */
export async function initByQuestions(
  stack: string,
  given: Answers,
  here: string,
  ask: Ask,
  tell = (text: string): void => void process.stderr.write(text),
): Promise<Ended> {
  const refused = alreadyThere(stack, here);
  if (refused) return refused;
  const { faults } = suggested(given);
  if (faults.length > 0) return { status: Status.Mistakes, message: `${faults.join("\n")}\nNothing is written.\n` };
  let before: Answers = {};
  for (;;) {
    const answers = await asked(given, before, ask, tell);
    const mistakes = mistakesOf(stack, answers);
    if (mistakes.length === 0) return write(stack, answers, here);
    const isAllGiven = questions.every(({ key }) => given[key] !== undefined);
    if (isAllGiven) return { status: Status.Mistakes, message: `${mistakes.join("\n")}\nNothing is written.\n` };
    tell(`\n${mistakes.join("\n")}\nOnce more, with your answers in brackets:\n`);
    before = answers;
  }
}

function alreadyThere(stack: string, here: string): Ended | undefined {
  const file = stackFileName(stack);
  if (!existsSync(path.resolve(here, file))) return undefined;
  return { status: Status.Mistakes, message: `${file} is there already. Nothing is written: give another name.\n` };
}

/** What is wrong with the file as a whole: addresses that two hosts have, say, or that lie outside of their network. */
function mistakesOf(stack: string, answers: AllAnswers): string[] {
  return told(stack, answers, Severity.Error);
}

function told(stack: string, answers: AllAnswers, kind: Severity): string[] {
  const file = stackFileName(stack);
  const { mistakes } = inspectStackFile({ file, text: textFrom(answers), stack, readFile: () => undefined });
  return mistakes.filter(({ severity }) => severity === kind).map(lineOf);
}

function textFrom(answers: AllAnswers): string {
  const head = [
    "A box, begun by `gatebox init`. README.md tells what each section is for, Pulumi.protobox.yaml is a whole box.",
    "`gatebox check` finds mistakes, `gatebox render` shows what hosts get.",
  ];
  return stackFileText(sectionsFrom(answers), [], head);
}

function write(stack: string, answers: AllAnswers, here: string): Ended {
  const file = stackFileName(stack);
  writeFileSync(path.resolve(here, file), textFrom(answers), { flag: "wx" });
  const place = existsSync(path.resolve(here, "Pulumi.yaml"))
    ? ""
    : "There is no Pulumi.yaml here: the file belongs beside the one of Gatebox.\n";
  const next = `Next: write the hosts' keys into ${answers.knownHosts}, then \`pulumi stack init ${stack}\` and \`pulumi preview --diff\`.`;
  const warnings = told(stack, answers, Severity.Warning).map((line) => `Mind ${line}\n`);
  return { status: Status.Fine, message: `${file} is written. ${place}${warnings.join("")}${next}\n` };
}
