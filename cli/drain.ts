import type { CommandModule } from "yargs";
import { clusterNote, hostOf, runHere, withOptions, type CalledOptions, type Outcome } from "./drain/called.ts";
import { connections, drainHost } from "./drain/drainHost.ts";
import type { Work } from "./drain/work.ts";
import { Status } from "./ended.ts";

interface DrainCommandOptions extends CalledOptions {
  readonly host: string;
}

/** `gatebox drain`: takes one host out of traffic. */
export const drainCommand: CommandModule<object, DrainCommandOptions> = {
  command: "drain <host>",
  describe: "Take a host out of traffic for maintenance: its addresses move, its clients ask other hosts",
  builder: (yargs) =>
    withOptions(yargs.positional("host", { describe: "Name of the host", type: "string", demandOption: true }), {
      force: "Also where no other host would be left serving",
      wait: "Seconds for connections to the host's own addresses to end",
      seconds: 60,
    })
      .example("$0 drain gateway-1 -s mybox", "before you work on it")
      .epilogue(
        "It asks the others of its pools first. The host stays drained over a reboot and over up, until gatebox undrain. Here status 1 also says that connections go on. Pods of the cluster are not moved: kubectl drain does that.",
      ),
  handler: (options) => runHere(options, (work) => drain(work, options)),
};

/** Drains a host, and says how that has ended. */
export async function drain(
  work: Work,
  { host: name, force, wait }: Pick<DrainCommandOptions, "host" | "force" | "wait">,
): Promise<Outcome> {
  const host = hostOf(work.box, name);
  const note = clusterNote(work.box, host);
  if (note !== undefined) work.say(note);
  const data = await drainHost(work, host, { force, waitSeconds: wait });
  const { already, cutOff, remaining } = data;
  const cut =
    cutOff === 0 ? "" : `\n${connections(cutOff)} to virtual IPs that moved ended, or will with the client's next word`;
  const text =
    remaining === 0
      ? `${name} ${already ? "was drained before" : "is drained"}: no client has a connection to it any more${cut}`
      : `${name} is drained, but ${connections(remaining)} to it went on after ${wait} s; count again: gatebox drain ${name}${cut}`;
  return { status: remaining === 0 ? Status.Fine : Status.Mistakes, text, data };
}
