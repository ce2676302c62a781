/** Network namespaces and what is typed at ip(8) in them. */
import { access } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { signalQuietly } from "../hosts/cgroups.ts";
import { namespacePath } from "../state.ts";
import { run, runChecked, type RunResult } from "../run.ts";

/** Whether the namespace exists. */
export async function namespaceExists(namespace: string): Promise<boolean> {
  return access(namespacePath(namespace)).then(
    () => true,
    () => false,
  );
}

/** Makes a namespace in which packets are not passed on from one network to another; one that exists is kept. */
export async function addNamespace(namespace: string): Promise<void> {
  if (!(await namespaceExists(namespace))) {
    await runChecked(`make the network namespace ${namespace}`, "ip", ["netns", "add", namespace]);
  }
  // A new namespace takes over the machine's setting, which the lab's own uplink turns on.
  await writeSysctl(namespace, "net/ipv4/ip_forward", "0");
  await ip(namespace, ["link set lo up"]);
}

/** Runs commands of ip(8) in the namespace (or in this process's own), all or up to the first that fails. */
export async function ip(namespace: string | undefined, commands: readonly string[]): Promise<void> {
  const where = namespace === undefined ? [] : ["-n", namespace];
  await runChecked(`set up the network ${namespace ?? "of this machine"}`, "ip", [...where, "-batch", "-"], {
    input: `${commands.join("\n")}\n`,
    timeoutSeconds: 30,
  });
}

/** Writes a kernel setting as it is seen in the namespace, for example `net/ipv4/ip_forward`. */
export async function writeSysctl(namespace: string, setting: string, value: string): Promise<void> {
  const script = `echo "$1" > "/proc/sys/$2"`;
  await runInNamespaceChecked(`set ${setting}`, namespace, "sh", ["-c", script, "sh", value, setting]);
}

/** Runs a program of this machine with the namespace as its network; files and processes stay the machine's. */
export function runInNamespace(
  namespace: string,
  command: string,
  args: readonly string[],
  input = "",
): Promise<RunResult> {
  return run("nsenter", [`--net=${namespacePath(namespace)}`, "--", command, ...args], { input, timeoutSeconds: 30 });
}

export async function runInNamespaceChecked(
  what: string,
  namespace: string,
  command: string,
  args: readonly string[],
  input = "",
): Promise<void> {
  const inside = [`--net=${namespacePath(namespace)}`, "--", command, ...args];
  await runChecked(`${what} in ${namespace}`, "nsenter", inside, { input, timeoutSeconds: 30 });
}

/** Ends the processes that use the namespace as their network and removes it. One that is not there is no error. */
export async function removeNamespace(namespace: string): Promise<void> {
  if (!(await namespaceExists(namespace))) {
    return;
  }
  await endProcessesIn(namespace);
  await runChecked(`remove the network namespace ${namespace}`, "ip", ["netns", "delete", namespace]);
}

/** Half a second to end politely, then the signal that cannot be refused. */
async function endProcessesIn(namespace: string): Promise<void> {
  const signals = ["SIGTERM", "SIGTERM", "SIGTERM", "SIGTERM", "SIGTERM", "SIGKILL", "SIGKILL"] as const;
  for (const signal of signals) {
    const pids = await processesIn(namespace);
    if (pids.length === 0) {
      return;
    }
    pids.forEach((pid) => signalQuietly(pid, signal));
    await sleep(100);
  }
}

async function processesIn(namespace: string): Promise<readonly number[]> {
  const { stdout } = await run("ip", ["netns", "pids", namespace], { timeoutSeconds: 30 });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
