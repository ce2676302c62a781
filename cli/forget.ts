import { readFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { finish, Status, type Ended } from "./ended.ts";
import { forget, StateRefused } from "./forget/state.ts";
import { here } from "./here.ts";

interface ForgetOptions {
  readonly host: string;
  readonly state: string;
}

/** `gatebox forget`: a host that is gone for good keeps no `up` and no `destroy` from its end. */
export const forgetCommand: CommandModule<object, ForgetOptions> = {
  command: "forget <host>",
  describe: "Take a host that is gone for good out of a stack's state, without reaching it",
  builder: (yargs) =>
    yargs
      .positional("host", { describe: "Name of the host", type: "string", demandOption: true })
      .option("state", {
        describe: "Output of `pulumi stack export`; - is standard input",
        type: "string",
        requiresArg: true,
        default: "-",
      })
      .example("pulumi stack export | $0 forget gateway-2 >state.json && pulumi stack import --file state.json", "")
      .epilogue(
        "Then take the host out of the stack file (hosts, pools, priorities), and run pulumi up: it changes its peers. " +
          "Nothing is done on the host itself, so switch it off, or install it anew before it is used again. Secrets stay encrypted.",
      ),
  handler: (options) => finish(forgetHost(options, here())),
};

/** Writes the state without the host; `here` is where relative paths begin. */
export function forgetHost({ host, state }: ForgetOptions, here: string): Ended {
  try {
    const text = readFileSync(state === "-" ? 0 : path.resolve(here, state), "utf8");
    const { state: output, resources, assemblies } = forget(text, host);
    const of = assemblies.length === 0 ? "" : ` (${assemblies.join(", ")})`;
    const message = `gatebox forget: ${resources} resources of ${host}${of} are no longer in the state; on the host nothing was done\n`;
    return { status: Status.Fine, output, message };
  } catch (error) {
    const isOfFiles = error instanceof Error && "code" in error && "syscall" in error;
    if (!isOfFiles && !(error instanceof StateRefused)) throw error;
    return { status: Status.Mistakes, message: `gatebox forget: ${error.message}\n` };
  }
}
