import type { CommandModule } from "yargs";
import { hostOf, runHere, withOptions, type CalledOptions, type Outcome } from "./drain/called.ts";
import { undrainHost } from "./drain/undrainHost.ts";
import type { Work } from "./drain/work.ts";
import { Status } from "./ended.ts";

interface UndrainCommandOptions extends CalledOptions {
  readonly host: string;
}

/** `gatebox undrain`: gives a host traffic again. */
export const undrainCommand: CommandModule<object, UndrainCommandOptions> = {
  command: "undrain <host>",
  describe: "Give a host that was drained traffic again, when it serves all its routes",
  builder: (yargs) =>
    withOptions(yargs.positional("host", { describe: "Name of the host", type: "string", demandOption: true }), {
      force: "Do not wait until its programs are well",
      wait: "Seconds for its programs to be well",
      seconds: 120,
    }).example("$0 undrain gateway-1 -s mybox", "after you have worked on it"),
  handler: (options) => runHere(options, (work) => undrain(work, options)),
};

/** Undrains a host, and says how that has ended. */
export async function undrain(
  work: Work,
  { host: name, force, wait }: Pick<UndrainCommandOptions, "host" | "force" | "wait">,
): Promise<Outcome> {
  const data = await undrainHost(work, hostOf(work.box, name), { force, waitSeconds: wait });
  const text = data.already ? `${name} was not drained` : `${name} is drained no longer: it takes traffic again`;
  return { status: Status.Fine, text, data };
}
