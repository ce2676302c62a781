import { readFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { examine, type Patient } from "./doctor/examine.ts";
import { Level } from "./doctor/finding.ts";
import { limitAfter } from "./limits.ts";
import { thisMachine } from "./doctor/machine/machine.ts";
import { countOf, reportJson, reportText, summary } from "./doctor/report.ts";
import type { Circumstances } from "./circumstances.ts";
import { finish, Status, type Ended } from "./ended.ts";
import { endedWriting } from "./endedWriting.ts";
import { here } from "./here.ts";
import { mistakeLine } from "./stackFile/mistake.ts";
import { inspectOnDisk } from "./stackFile/onDisk.ts";
import { parseYaml } from "./stackFile/parse.ts";
import { configurationIn } from "./stackFile/wholeFile.ts";

interface DoctorOptions {
  readonly file: string;
  readonly json: boolean;
}

/** `gatebox doctor`: whether `up` will find what it needs. */
export const doctorCommand: CommandModule<object, DoctorOptions> = {
  command: "doctor <file>",
  describe: "Look at what `pulumi up` needs: this machine, every host, the cluster; changes nothing",
  builder: (yargs) =>
    yargs
      .positional("file", { describe: "Stack file, Pulumi.STACK.yaml", type: "string", demandOption: true })
      .option("json", { describe: "Print one object in JSON", type: "boolean", default: false })
      .example("$0 doctor Pulumi.mybox.yaml", "before the first `pulumi up`")
      .epilogue(
        "It logs in to each host that the stack configures with the SSH agent (or, where that has no key, with the key files of ~/.ssh that need no passphrase), once, and never where the host key is not the declared one. Hosts log that log-in, and a sudo. It ends within 10 s, whoever is silent.",
      ),
  handler: async ({ file, json }) => {
    finish(await doctor(file, { json, here: here(), env: process.env, start: process.uptime() * 1000 }));
    await endedWriting();
  },
};

/**
 * Examines what a stack file will be applied with.
 *
 * @param file as the person has named it, relative to `here`
 */
export async function doctor(file: string, { json, here, env, start }: Circumstances): Promise<Ended> {
  const began = Date.now() - start;
  const { box, mistakes } = inspectOnDisk(file, here, { knownHosts: env["GATEBOX_KNOWN_HOSTS"] });
  const told = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  if (!box) return { status: Status.Mistakes, message: `${told}Nothing else was looked at.\n` };
  const place = path.resolve(here, file);
  const machine = thisMachine({ folder: path.dirname(place), env, limit: limitAfter(Date.now() - began) });
  const groups = await examine(patientOf(box, readFileSync(place, "utf8")), machine);
  const status = countOf(groups, Level.Error) > 0 ? Status.Mistakes : Status.Fine;
  if (json) return { status, output: reportJson(box.name, groups), message: told };
  return { status, output: reportText(groups), message: `${told}${summary(groups, Date.now() - began)}` };
}

function patientOf(box: Patient["box"], text: string): Patient {
  const { value } = parseYaml(text);
  return { box, secrets: value ?? {}, config: configurationIn(value) ?? {} };
}
