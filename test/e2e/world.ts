/** What the tests of a whole box share: the lab that is up, its stack, and how to ask and to break. */
import assert from "node:assert/strict";
import { parseDocument, type Document } from "yaml";
import { protoboxOf } from "../../lab/absentHosts.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { runAsOperator, sshArguments } from "../../lab/operator.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import { openStack, operatorHome, type LabStack, type PulumiOptions } from "../../lab/stack.ts";
import { labNamed, readRecord, type Lab } from "../../lab/state.ts";
import { prepareToolchain, type Toolchain } from "../../lab/toolchain/index.ts";

/** The lab that $GATEBOX_LAB names. It must be up with `Pulumi.protobox.yaml` applied, as `npm start` leaves it. */
export interface World {
  readonly lab: Lab;
  readonly toolchain: Toolchain;
  /** The box's own stack. */
  readonly stack: LabStack;
}

let opened: Promise<World> | undefined;

/** The world, opened once for all tests of a run. */
export function world(): Promise<World> {
  opened ??= open();
  return opened;
}

async function open(): Promise<World> {
  const lab = labNamed();
  const record = await readRecord(lab);
  assert.ok(record !== undefined, `lab ${lab.name} is not up: \`npm start\` or \`npm run lab -- up\` makes it`);
  const toolchain = await prepareToolchain({ kubernetes: !withoutCluster });
  const configuration = await baseConfiguration();
  const stack = await openStack(operatorHome(lab), toolchain, { name: "protobox", configuration });
  return { lab, toolchain, stack: noted(stack, configuration) };
}

/**
 * Whether $GATEBOX_E2E_WITHOUT_CLUSTER is set: the lab then has hosts only, and the stack exposes no service. For work
 * on what needs no Kubernetes; `npm test` never sets it.
 */
export const withoutCluster = (process.env["GATEBOX_E2E_WITHOUT_CLUSTER"] ?? "") !== "";

/** The stack file that the box has before and after every test. */
export function baseConfiguration(): Promise<string> {
  return edited(() => undefined);
}

/** That stack file with some changes. */
export async function edited(edit: (config: Document) => void): Promise<string> {
  const document = parseDocument(await protoboxOf(labNamed()));
  if (withoutCluster) {
    document.setIn(["config", "gatebox:services"], document.createNode({}));
    document.deleteIn(["config", "gatebox:containerRuntime"]);
  }
  edit(document);
  return document.toString();
}

/** Gives the box its own stack file back and applies it, unless that is what was applied last. */
export async function restore({ stack }: World): Promise<void> {
  const base = await baseConfiguration();
  const isApplied = applied.get(stack) === base;
  await stack.configure(base);
  if (!isApplied) await up(stack);
}

/** The stack file that the last successful `up` of the box's stack applied, as long as nothing else was done since. */
const applied = new WeakMap<LabStack, string>();

/** Commands of pulumi that leave the hosts and the state of the stack as they are. */
const READING = ["preview", "stack export", "stack output"];

/** The stack, of which every use is noted that may leave the box with another configuration. */
function noted(stack: LabStack, configured: string): LabStack {
  // What a command like `config set` makes of the stack file is not known here.
  let current: string | undefined = configured;
  const same: LabStack = {
    ...stack,
    configure: (configuration) => {
      current = configuration;
      return stack.configure(configuration);
    },
    pulumi: async (args, options) => {
      const isUp = args[0] === "up";
      if (READING.some((command) => `${args.join(" ")} `.startsWith(`${command} `))) return stack.pulumi(args, options);
      applied.delete(same);
      if (!isUp) current = undefined;
      const used = current;
      const answer = await stack.pulumi(args, options);
      // With other variables of the environment it is not the stack file alone that was applied.
      if (isUp && answer.code === 0 && used !== undefined && options?.env === undefined) applied.set(same, used);
      return answer;
    },
  };
  return same;
}

/** Without a preview of its own, whose mistakes `up` finds too: it would run the program, which is most of the time, twice. */
const UP = ["up", "--yes", "--skip-preview", "--suppress-outputs"];

/** `pulumi up` that must succeed; returns what it printed. */
export async function up(stack: LabStack, more: readonly string[] = [], options?: PulumiOptions): Promise<string> {
  const answer = await stack.pulumi([...UP, ...more], options);
  assert.equal(answer.code, 0, `pulumi up ended with ${answer.code}:\n${answer.stdout}\n${answer.stderr}`);
  return answer.stdout;
}

/** `pulumi up` that must fail; returns all that it printed. */
export async function failingUp(
  stack: LabStack,
  more: readonly string[] = [],
  options?: PulumiOptions,
): Promise<string> {
  const answer = await stack.pulumi([...UP, ...more], options);
  assert.notEqual(answer.code, 0, `pulumi up was expected to fail:\n${answer.stdout}`);
  return `${answer.stdout}\n${answer.stderr}`;
}

/** What a host printed for a script that must succeed. */
export async function onHost(lab: Lab, host: string, script: string, timeoutSeconds = 60): Promise<string> {
  const { stdout } = await execChecked(lab, host, script, script, { timeoutSeconds });
  return stdout.trim();
}

/** What a host printed for a script of this directory that must succeed. */
export async function runOnHost(
  lab: Lab,
  host: string,
  name: string,
  args: readonly string[] = [],
  input = "",
): Promise<string> {
  const script = scriptFile(import.meta.dirname, name);
  return (await execChecked(lab, host, [name, ...args].join(" "), script, { args, input })).stdout.trim();
}

/** HTTP status that a host gets from a URL, 0 when there is no answer within `seconds`. */
export async function statusFrom(lab: Lab, host: string, url: string, seconds = 5): Promise<number> {
  const script = `curl -sk -o /dev/null -m ${seconds} -w '%{http_code}' '${url}'`;
  const { stdout } = await exec(lab, host, script, { timeoutSeconds: seconds + 10 });
  return Number(stdout);
}

/** Whether a host can open a TCP connection. */
export async function connects(lab: Lab, host: string, address: string, port: number): Promise<boolean> {
  const script = `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`;
  return (await exec(lab, host, script, { timeoutSeconds: 10 })).code === 0;
}

/** Whether the operator can log in to a host, within the five seconds that ssh(1) is given. */
export async function canLogIn(lab: Lab, host: string): Promise<boolean> {
  const args = ["-o", "BatchMode=yes", ...sshArguments(lab, hostNamed(host)), "true"];
  return (await runAsOperator(lab, "ssh", args, { timeoutSeconds: 20 })).code === 0;
}

/** Places in the hosts' journals: what comes later can be told from what is there. */
export type JournalPlaces = Readonly<Record<string, string>>;

/** Where the journal of each host is now. */
export async function journalPlaces(lab: Lab, hosts: readonly string[]): Promise<JournalPlaces> {
  const places: Record<string, string> = {};
  for (const host of hosts) {
    places[host] = await onHost(lab, host, "journalctl -q -n 1 -o export | sed -n 's/^__CURSOR=//p'");
  }
  return places;
}

/**
 * SSH connections that each host's sshd has logged since, also those that did not get far. Not since it started: a journal drops
 * its oldest lines as new ones come.
 */
export async function sshConnections(lab: Lab, since: JournalPlaces): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const [host, place] of Object.entries(since)) {
    // All lines, and then those of sshd: where journalctl is to choose and the line at the cursor is none that it chooses, it leaves
    // out the first one after it (systemd 252). By its name: of a process that has ended, the journal does not know the unit.
    const lines = `journalctl -q --after-cursor '${place}'`;
    const opened = String.raw` sshd(-session)?\[[0-9]+\]: Connection from `;
    counts[host] = Number(await onHost(lab, host, `${lines} | grep -Ec '${opened}' || true`));
  }
  return counts;
}

/** No connection to any of some hosts. */
export function none(hosts: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(hosts.map((host) => [host, 0]));
}

/** The hosts that the stack configures. */
export const CONFIGURED = [
  "gateway-1",
  "gateway-2",
  "gateway-3",
  "gateway-4",
  "gateway-5",
  "master-1",
  "node-1",
  "supervisor-1",
  "webserver-1",
  "webserver-2",
] as const;
export const GATEWAYS = ["gateway-1", "gateway-2", "gateway-3"] as const;
export const WEB = ["webserver-1", "webserver-2"] as const;
/** The hosts that a service is exposed on. */
export const SERVING = [...GATEWAYS, ...WEB] as const;
