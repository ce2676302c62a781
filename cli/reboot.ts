import type { CommandModule } from "yargs";
import { clusterNote, hostsOf, runHere, withOptions, type CalledOptions, type Outcome } from "./drain/called.ts";
import { rebootHosts } from "./drain/rebootHosts.ts";
import { NotDone, type Work } from "./drain/work.ts";
import { Status, UsageError } from "./ended.ts";

interface RebootCommandOptions extends CalledOptions {
  readonly names: readonly string[];
  readonly cut: boolean;
  readonly boot: number;
}

/** `gatebox reboot`: reboots hosts one after the other, each out of traffic. */
export const rebootCommand: CommandModule<object, RebootCommandOptions> = {
  command: "reboot <names..>",
  describe: "Reboot hosts, or the hosts of a pool, one after the other, each out of traffic meanwhile",
  builder: (yargs) =>
    withOptions(
      yargs.positional("names", { describe: "Hosts and pools", type: "string", array: true, demandOption: true }),
      {
        force: "Also where no other host would be left serving",
        wait: "Seconds for connections to a host's own addresses to end",
        seconds: 60,
      },
    )
      .option("cut", { describe: "Reboot also where connections go on", type: "boolean", default: false })
      .option("boot", { describe: "Seconds for a host to be back", type: "number", requiresArg: true, default: 600 })
      .check(({ boot }) => {
        if (!Number.isInteger(boot) || boot < 1 || boot > 86_400)
          throw new UsageError("--boot: write a whole number of seconds from 1 to 86400.");
        return true;
      })
      .example("$0 reboot kube-gateway-pool -s mybox", "for a new kernel")
      .epilogue(
        "Hosts that hold virtual IPs come last. The first failure ends it; the others are not touched. Pods of the cluster are not moved: kubectl drain does that.",
      ),
  handler: (options) => runHere(options, (work) => reboot(work, options)),
};

/** Reboots hosts, and says how that has ended. */
export async function reboot(
  work: Work,
  {
    names,
    force,
    wait,
    cut,
    boot,
  }: Omit<RebootCommandOptions, keyof CalledOptions> & Pick<CalledOptions, "force" | "wait">,
): Promise<Outcome> {
  const hosts = hostsOf(work.box, names);
  for (const host of hosts) {
    const note = clusterNote(work.box, host);
    if (note !== undefined) work.say(note);
  }
  const rebooted: string[] = [];
  const done = (host: string): void => {
    rebooted.push(host);
    work.say(`${host} is back`);
  };
  try {
    await rebootHosts(work, hosts, { force, waitSeconds: wait, cutOff: cut, bootSeconds: boot }, done);
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    const text = `${error.message}\nRebooted: ${rebooted.join(", ") || "none"}`;
    return { status: Status.Mistakes, text, data: { rebooted, failure: error.message } };
  }
  return { status: Status.Fine, text: `rebooted: ${rebooted.join(", ")}`, data: { rebooted } };
}
