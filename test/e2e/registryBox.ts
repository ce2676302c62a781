/** The Protobox' registry and the containerd of its nodes: what both hold, and what must live through changes of them. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { kubectl } from "../../lab/cluster/programs.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { edgeAuthorityOf } from "../../host/edgeCertificates.ts";
import { generated, REGISTRY } from "../../lab/registry/index.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import type { LabStack } from "../../lab/stack.ts";
import type { Lab } from "../../lab/state.ts";
import { edited, onHost, runOnHost, type World } from "./world.ts";

/** The hosts of the registry, which keep its images on the volume that both have mounted. */
export const STORING = ["gateway-4", "gateway-5"] as const;
export const DIRECTORY = "/storage/shared/registry";

/** The hosts whose containerd is configured. */
export const RUNNING = ["gateway-1", "gateway-2", "gateway-3", "node-1"] as const;

/** Gives the stack passwords of registries, and each of these an entry of containerd's; applies nothing. */
export async function givePasswords({ stack }: World, passwords: Readonly<Record<string, string>>): Promise<void> {
  await stack.configure(
    await edited((config) => {
      const registries = ["config", "gatebox:containerRuntime", "registries"];
      for (const name of Object.keys(passwords)) config.setIn([...registries, name], config.createNode({ username: "box" }));
    }),
  ); // prettier-ignore
  await setSecrets(
    stack,
    Object.fromEntries(
      Object.entries(passwords).map(([name, password]) => [`gatebox:registryPasswords["${name}"]`, password]),
    ),
  );
}

/** Gives the stack the Protobox without its registry and without containerd; applies nothing. */
export async function withoutContainers({ stack }: World): Promise<void> {
  await stack.configure(
    await edited((config) => {
      for (const section of ["gatebox:registry", "gatebox:containerRuntime"]) config.deleteIn(["config", section]);
    }),
  );
}

/** What must be found nowhere of the web servers' certificate: the secret that it is made of, and its key. */
export async function secretsOfEdge(stack: LabStack): Promise<readonly string[]> {
  const secret = await generated(stack, "webservers-authority");
  const { key } = (await edgeAuthorityOf(secret, "protobox")).pairFor([REGISTRY]);
  return [secret, key.split("\n")[1] ?? ""];
}

/** As an operator does. What Pulumi has made of the stack file is the stack's from then on. */
async function setSecrets(stack: LabStack, secrets: Readonly<Record<string, string>>): Promise<void> {
  const values = Object.entries(secrets).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
  const { code, stderr } = await stack.pulumi(["config", "set-all", "--path", ...values]);
  if (code !== 0) throw new Error(`pulumi config set-all ended with ${code}:\n${stderr}`);
  await stack.configure(await readFile(path.join(stack.directory, `Pulumi.${stack.name}.yaml`), "utf8"));
}

/** What kubectl printed for a command that must succeed. */
export async function cluster(lab: Lab, args: readonly string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await kubectl(lab, args, { timeoutSeconds: 90, input });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** Waits until each node is ready: one that was booted, or whose containerd was started again, says so after some twenty seconds. */
export async function allNodesReady(lab: Lab): Promise<void> {
  await cluster(lab, ["wait", "--for=condition=Ready", "nodes", "--all", "--timeout=80s"]);
}

/** All containers of all nodes with their processes, how often each was restarted, and since when each node is ready. */
export async function cargo(lab: Lab): Promise<object> {
  const tasks = await Promise.all(
    RUNNING.map(async (host) => [host, await onHost(lab, host, "ctr -n k8s.io tasks list | sort")] as const),
  );
  const restarts = `jsonpath={range .items[*]}{.metadata.name}{" "}{.status.containerStatuses[*].restartCount}{"\\n"}{end}`;
  const ready = `jsonpath={range .items[*]}{.metadata.name}{" "}{.status.conditions[?(@.type=="Ready")].status}{" "}{.status.conditions[?(@.type=="Ready")].lastTransitionTime}{"\\n"}{end}`;
  return {
    tasks: Object.fromEntries(tasks),
    restarts: (await cluster(lab, ["get", "pods", "-A", `--output=${restarts}`])).trim().split("\n"),
    nodes: (await cluster(lab, ["get", "nodes", `--output=${ready}`])).trim().split("\n"),
  };
}

/** The main process of each service that could be restarted, on all hosts that it could be on. */
export async function services(lab: Lab, hosts: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const units = ["containerd", "kubelet", "docker-registry", "nginx", "haproxy", "keepalived", "consul"];
  const show = `for unit in ${units.join(" ")}; do echo "$unit $(systemctl show -P MainPID -P NRestarts $unit | paste -sd ' ')"; done`;
  const found = hosts.map(async (host) => [host, await onHost(lab, host, show)] as const);
  return Object.fromEntries(await Promise.all(found));
}

/**
 * Does something while the command lines of some hosts are written down, which costs a few per cent of a processor; `findSecrets`
 * looks at them.
 */
export async function watched<T>(lab: Lab, hosts: readonly string[], action: () => Promise<T>): Promise<T> {
  const flag = "/run/gatebox-test-watching";
  for (const host of hosts) await onHost(lab, host, `touch ${flag}`);
  const watching = hosts.map((host) =>
    execChecked(lab, host, "watching", scriptFile(import.meta.dirname, "watch-commands.sh"), { timeoutSeconds: 600 }),
  );
  try {
    return await action();
  } finally {
    for (const host of hosts) await onHost(lab, host, `rm -f ${flag}`);
    await Promise.all(watching);
  }
}

/** Where a host shows one of some secrets; `kept` is how many of its files hold one as they should. */
export async function findSecrets(
  lab: Lab,
  host: string,
  secrets: readonly string[],
): Promise<{ readonly kept: number; readonly places: readonly string[] }> {
  const [kept = "", ...places] = (await runOnHost(lab, host, "find-secrets.sh", [], `${secrets.join("\n")}\n`)).split(
    "\n",
  );
  return { kept: Number(kept), places };
}

/** What a host is answered by the registry that it finds by its name. */
export async function statusOfRegistry(lab: Lab, host: string, userAndPassword?: string): Promise<number> {
  const login = userAndPassword === undefined ? "" : `user = "${userAndPassword}"\n`;
  const ask = `curl -sk -K - --noproxy '*' -o /dev/null -m 5 -w '%{http_code}' 'https://${REGISTRY}/v2/'`;
  return Number((await exec(lab, host, ask, { input: login, timeoutSeconds: 15 })).stdout);
}
