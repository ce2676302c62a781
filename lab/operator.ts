/**
 * The operator's workstation: a network namespace with addresses on the public and the box network and no route to
 * anywhere else, and an SSH agent with the operator's key. Pulumi, kubectl and the tests run in it.
 */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { NETWORKS, OPERATOR_ADDRESSES, operatorAddressOf, type LabHost } from "./inventory.ts";
import { addCgroups, killProcessesOf, removeCgroups } from "./hosts/cgroups.ts";
import { kubernetesPrograms } from "./hosts/machine.ts";
import { addNamespace, ip, namespaceExists, removeNamespace } from "./network/namespaces.ts";
import { plugIntoSwitch, portName, type Port } from "./network/switch.ts";
import { run, runChecked, type RunResult } from "./run.ts";
import { namespaceOf, namespacePath, type Lab } from "./state.ts";

const PART = "operator";

const PORTS: readonly Port[] = [
  { network: "public-network", address: OPERATOR_ADDRESSES["public-network"] },
  { network: "box-network", address: OPERATOR_ADDRESSES["box-network"] },
];

/** How a command of the operator is run. */
export interface OperatorOptions {
  /** Added to this process's environment and that of the workstation. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Seconds until it is ended (status 124 then), by default 300. */
  readonly timeoutSeconds?: number;
  /** `inherit` gives it this process's own terminal; by default its output is collected. */
  readonly stdio?: "collect" | "inherit";
  readonly input?: string | Buffer;
  /** Called with each line of output as it arrives. */
  readonly onLine?: (line: string) => void;
}

/** Makes the workstation's namespace and starts its agent; what exists is kept. */
export async function addOperator(lab: Lab): Promise<void> {
  const namespace = namespaceOf(lab, PART);
  await addNamespace(namespace);
  if (!(await isPluggedIn(lab))) await plugIntoSwitch(lab, PART, PORTS);
  // No system of its own runs there that would do this, as it does on a host. Every time: the last run may have been
  // killed before it came to this.
  await ip(namespace, PORTS.flatMap(addressing));
  await ensureAgent(lab);
}

/** Whether both cables are there, and in their sockets of the switch: that is the last that plugging in does. */
async function isPluggedIn(lab: Lab): Promise<boolean> {
  for (const { network } of PORTS) {
    const port = ["-n", namespaceOf(lab, "switch"), "-o", "link", "show", "dev", portName(network, PART)];
    const { code, stdout } = await run("ip", port, { timeoutSeconds: 30 });
    if (code !== 0 || !stdout.includes(` master ${network} `)) return false;
  }
  return true;
}

function addressing({ network, address }: Port): readonly string[] {
  return [`address replace ${address}/${NETWORKS[network].length} dev ${network}`, `link set ${network} up`];
}

/** Ends the agent and whatever else runs in the workstation's namespace, and removes both. */
export async function removeOperator(lab: Lab): Promise<void> {
  await killProcessesOf(lab, PART);
  await removeCgroups(lab, PART);
  await removeNamespace(namespaceOf(lab, PART));
}

/**
 * The environment of the workstation beside this process's own.
 *
 * @example
 * operatorEnvironment(lab)["SSH_AUTH_SOCK"]; // "/var/lib/gatebox-lab/protobox/operator/agent.sock"
 */
export function operatorEnvironment(lab: Lab): Readonly<Record<string, string>> {
  return {
    SSH_AUTH_SOCK: lab.operator.agentSocket,
    KUBECONFIG: lab.operator.kubeconfig,
    GATEBOX_KNOWN_HOSTS: lab.knownHosts,
    GATEBOX_LAB: lab.name,
    PATH: `${kubernetesPrograms(lab)}:${process.env["PATH"] ?? ""}`,
  };
}

/**
 * Runs a command of this machine on the workstation: same files, the lab as its only network.
 *
 * The mounts stay this process's own (unlike under `ip netns exec`), so that what runs there can switch hosts on and off.
 *
 * @returns its status and output; a status other than 0 is no error here
 * @throws when the lab is not up
 * @example
 * const { stdout } = await runAsOperator(lab, "curl", ["-sk", "https://192.168.0.30/"], { timeoutSeconds: 10 });
 */
export async function runAsOperator(
  lab: Lab,
  command: string,
  args: readonly string[],
  options: OperatorOptions = {},
): Promise<RunResult> {
  const namespace = namespaceOf(lab, PART);
  if (!(await namespaceExists(namespace))) {
    throw new Error(`lab ${lab.name} is not up; \`npm run lab -- up\` makes it`);
  }
  const { env = {}, timeoutSeconds = 300, ...rest } = options;
  return run("nsenter", [`--net=${namespacePath(namespace)}`, "--", command, ...args], {
    ...rest,
    timeoutSeconds,
    env: { ...process.env, ...operatorEnvironment(lab), ...env },
  });
}

/**
 * Options for ssh(1) on the workstation: the lab's keys and nothing of the machine's own configuration.
 *
 * @example
 * await runAsOperator(lab, "ssh", [...sshArguments(lab, hostNamed("gateway-1")), "uptime"]);
 */
export function sshArguments(lab: Lab, host: LabHost): readonly string[] {
  const options = [
    `UserKnownHostsFile=${lab.knownHosts}`,
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=5",
  ];
  return ["-F", "none", ...options.flatMap((option) => ["-o", option]), `root@${operatorAddressOf(host)}`];
}

async function ensureAgent(lab: Lab): Promise<void> {
  const env = { ...process.env, SSH_AUTH_SOCK: lab.operator.agentSocket };
  const listed = await run("ssh-add", ["-l"], { env });
  if (listed.code === 0) {
    return;
  }
  // Status 1: the agent runs and has no key yet. 2: there is none.
  if (listed.code !== 1) {
    await startAgent(lab);
  }
  await runChecked("give the agent the operator's key", "ssh-add", ["-q", lab.operator.key], { env });
}

async function startAgent(lab: Lab): Promise<void> {
  await killProcessesOf(lab, PART);
  await rm(lab.operator.agentSocket, { force: true });
  const cgroups = await addCgroups(lab, PART);
  const script = 'for file in $CGROUPS; do echo $$ > "$file"; done; exec ssh-agent -D -a "$SOCKET"';
  const agent = spawn("sh", ["-euc", script], {
    detached: true,
    stdio: "ignore",
    cwd: "/",
    env: { PATH: process.env["PATH"], CGROUPS: cgroups.join(" "), SOCKET: lab.operator.agentSocket },
  });
  agent.unref();
  const env = { ...process.env, SSH_AUTH_SOCK: lab.operator.agentSocket };
  // It answers within milliseconds; ten seconds are for a machine busy with compilers.
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await run("ssh-add", ["-l"], { env })).code !== 2) {
      return;
    }
    await sleep(100);
  }
  throw new Error(`ssh-agent does not answer on ${lab.operator.agentSocket}`);
}
