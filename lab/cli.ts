/** `npm run lab -- COMMAND`: the lab from the command line. */
import { execOnTerminal } from "./hosts/exec.ts";
import { protoboxOf } from "./absentHosts.ts";
import { bringUpBox } from "./box.ts";
import { applyFollowed } from "./declared.ts";
import { takeDown } from "./down.ts";
import { hostNamed, masterCountOf, type MasterCount } from "./inventory.ts";
import { runAsOperator, sshArguments } from "./operator.ts";
import { podOfLastLook } from "./registry/index.ts";
import { serveOwnRepository } from "./ownRepository.ts";
import { assertSuitableMachine, UnsuitableMachine } from "./prerequisites.ts";
import { DEFAULT_LAB, labNamed, type Lab } from "./state.ts";
import { readStatus, statusTable } from "./status.ts";
import { openStack, operatorHome } from "./stack.ts";
import { prepareConsul, prepareToolchain } from "./toolchain/index.ts";
import { bringUp } from "./up.ts";

/** The stack that the lab is made for. */
const STACK = "protobox";

const USAGE = `npm run lab -- [--name NAME] COMMAND

  up [--full] [--masters N] | [--hosts LIST]
                       bring the lab up, or go on where it was left; --full adds
                       master-2/3 and node-2; --masters 3 or 1 is how many
                       masters there are; --hosts A,B makes a lab of just these,
                       or adds them
  pulumi COMMAND…      run pulumi on the operator's workstation, on the stack
                       ${STACK} of this lab: preview --diff, up --yes, …
  build                build Pulumi, its plugins, Kubernetes and Consul, which takes
                       most of the time of the first up, and nothing else
  down                 take it down; nothing stays but the caches
  status               the hosts, whether they run, their addresses, and the
                       pod whose image came from the box's own registry
  exec HOST COMMAND…   run a command in a host (as root, without SSH)
  ssh HOST [COMMAND…]  log in from the operator's workstation
  operator COMMAND…    run a command on the operator's workstation: its network
                       is the lab's public and box network, its files are yours

NAME is "${DEFAULT_LAB}" unless --name or GATEBOX_LAB says otherwise. A second lab
with another name runs beside the first. exec and operator give a command
GATEBOX_LAB_TIMEOUT seconds (3600).
`;

/** Exit status for a call that cannot be understood and for a machine that no lab can run on. */
const UNUSABLE = 2;

/** Seconds for what a person started and can see; long enough for a whole test run. */
const COMMAND_SECONDS = Number(process.env["GATEBOX_LAB_TIMEOUT"] ?? 3600);

const OPTIONS: readonly string[] = ["--name", "--full", "--masters", "--hosts"];

/** A call that the command line does not know. */
class UsageError extends Error {}

/** What was asked for: options stand before the command's own words, which are passed on as they are. */
interface Call {
  readonly lab: Lab;
  readonly command: string;
  readonly full: boolean;
  readonly masters: MasterCount | undefined;
  readonly hosts: readonly string[] | undefined;
  readonly words: readonly string[];
}

function parse(args: readonly string[]): Call {
  const rest = [...args];
  const values: Record<string, string> = {};
  let command: string | undefined;
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    if (!word.startsWith("-") && command !== undefined) {
      break;
    }
    rest.shift();
    if (!word.startsWith("-")) {
      command = word;
    } else if (word === "--help" || word === "-h") {
      command = "help";
    } else {
      const [option = "", value] = word.split("=", 2);
      if (!OPTIONS.includes(option)) {
        throw new UsageError(`unknown option ${option}`);
      }
      values[option] = value ?? (option === "--full" ? "" : required(rest.shift(), `${option}: a value must follow`));
    }
  }
  const full = values["--full"] !== undefined;
  return {
    lab: labNamed(values["--name"]),
    command: command ?? "help",
    full,
    masters: values["--masters"] === undefined ? undefined : masterCount(values["--masters"]),
    hosts: values["--hosts"]?.split(","),
    words: rest,
  };
}

const COMMANDS: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  help: () => {
    process.stdout.write(USAGE);
    return Promise.resolve(0);
  },
  up: async ({ lab, full, masters, hosts }) => {
    // Some hosts of a cluster are no cluster, so a choice of hosts comes bare.
    if (hosts) {
      const consul = await prepareConsul((line) => console.log(`Consul: ${line}`));
      await bringUp(lab, { hosts });
      await serveOwnRepository(lab, consul);
    } else await bringUpBox(lab, { full, masters });
    process.stdout.write(`Lab ${lab.name} is up: npm run lab -- status\n`);
    return 0;
  },
  pulumi: async ({ lab, words }) => {
    required(words[0], "pulumi: a command of Pulumi must follow, such as preview");
    const configuration = await protoboxOf(lab);
    const stack = await openStack(operatorHome(lab), await prepareToolchain(), { name: STACK, configuration });
    const pulumi = (): ReturnType<typeof stack.pulumi> =>
      stack.pulumi(words, { stdio: "inherit", timeoutSeconds: COMMAND_SECONDS });
    // What asks the API follows only where something may have changed.
    if (words[0] === "up") return (await applyFollowed(lab, configuration, pulumi)).code;
    return (await (words[0] === "destroy" ? applyFollowed(lab, undefined, pulumi) : pulumi())).code;
  },
  build: async () => {
    await prepareToolchain();
    return 0;
  },
  down: async ({ lab }) => {
    await takeDown(lab);
    return 0;
  },
  status: async ({ lab }) => {
    const rows = await readStatus(lab);
    const pod = rows?.some(({ host, up }) => up && host.kubernetes) ? await podOfLastLook(lab) : undefined;
    const more = pod === undefined ? "" : `\n${pod}\n`;
    process.stdout.write(rows ? `${statusTable(rows)}\n${more}` : `Lab ${lab.name} is down: npm run lab -- up\n`);
    return rows?.every((row) => row.up) ? 0 : 1;
  },
  exec: ({ lab, words: [host, ...command] }) => {
    const target = hostNamed(required(host, "exec: a host and a command must follow"));
    required(command[0], `exec ${target.name}: a command must follow`);
    return execOnTerminal(lab, target.name, command, COMMAND_SECONDS);
  },
  ssh: async ({ lab, words: [host, ...command] }) => {
    const target = hostNamed(required(host, "ssh: a host must follow"));
    const args = [...sshArguments(lab, target), ...command];
    return (await runAsOperator(lab, "ssh", args, { stdio: "inherit", timeoutSeconds: COMMAND_SECONDS })).code;
  },
  operator: async ({ lab, words: [program, ...args] }) => {
    const command = required(program, "operator: a command must follow");
    return (await runAsOperator(lab, command, args, { stdio: "inherit", timeoutSeconds: COMMAND_SECONDS })).code;
  },
};

function masterCount(text: string): MasterCount {
  try {
    return masterCountOf(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function required(word: string | undefined, complaint: string): string {
  if (word === undefined) {
    throw new UsageError(complaint);
  }
  return word;
}

async function main(): Promise<number> {
  try {
    const call = parse(process.argv.slice(2));
    const action = COMMANDS[call.command];
    if (!action) {
      throw new UsageError(`unknown command "${call.command}"`);
    }
    if (call.command !== "help") {
      assertSuitableMachine();
    }
    return await action(call);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof UsageError ? `${message}\n\n${USAGE}` : `${message}\n`);
    return error instanceof UsageError || error instanceof UnsuitableMachine ? UNUSABLE : 1;
  }
}

process.exitCode = await main();
