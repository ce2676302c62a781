/** The Protobox with a registry of its own and containerd on its nodes; what both hold, and what must live through it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { kubectl } from "../../lab/cluster/programs.ts";
import { certificate, certificateAuthority } from "../../lab/cluster/pki.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { runAsOperator } from "../../lab/operator.ts";
import type { PodImage } from "../../lab/pods/image.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import type { LabStack } from "../../lab/stack.ts";
import type { Lab } from "../../lab/state.ts";
import { edited, onHost, runOnHost, type World } from "./world.ts";

/** Its name, and the address of the web servers that the site's name server gives for it. */
export const REGISTRY = "registry.protobox";
export const EDGE = "192.168.0.33";

/** The hosts of the registry, which keep its images on the volume that both have mounted. */
export const STORING = ["gateway-4", "gateway-5"] as const;
export const DIRECTORY = "/storage/shared/registry";

/** The hosts whose containerd is configured. */
export const RUNNING = ["gateway-1", "gateway-2", "gateway-3", "node-1"] as const;

/** What the stack is given beside the Protobox. */
export interface RegistryBox {
  readonly image: PodImage;
  /** Passwords by registries; that of the box's own is generated where there is none. */
  readonly passwords?: Readonly<Record<string, string>>;
}

/** Gives the stack the Protobox with both sections, and its secrets; applies nothing. */
export async function configureRegistry({ lab, stack }: World, { image, passwords = {} }: RegistryBox): Promise<void> {
  const { certificate: ca } = await certificateAuthority(lab);
  const { certificate: chain, key } = await webserversPair(lab);
  const registries = [REGISTRY, ...Object.keys(passwords).filter((name) => name !== REGISTRY)];
  await stack.configure(
    await edited((config) => {
      const set = (keys: readonly string[], value: unknown): void =>
        config.setIn(["config", ...keys], config.createNode(value));
      set(["gatebox:webservers", "tls"], { certificate: chain });
      config.addIn(["config", "gatebox:webservers", "serverNames"], REGISTRY);
      set(["gatebox:registry"], {
        name: REGISTRY,
        pool: "nat-gateway-pool",
        storage: { directory: DIRECTORY, shared: true },
      });
      set(["gatebox:containerRuntime"], {
        pools: ["kube-gateway-pool", "nodes-pool"],
        network: "box-network",
        // Set up by the lab, on hosts that are containers themselves.
        adopt: true,
        systemdCgroup: false,
        restrictOomScoreAdj: true,
        disableApparmor: true,
        sandboxImage: image.pause,
        registries: Object.fromEntries(registries.map((name) => [name, { ca, username: "box" }])),
      });
    }),
  );
  await setSecrets(stack, {
    "gatebox:tlsPrivateKey": key,
    ...Object.fromEntries(
      Object.entries(passwords).map(([name, password]) => [`gatebox:registryPasswords["${name}"]`, password]),
    ),
  });
}

/** The certificate that web servers show for both of their names, and its key. */
export function webserversPair(lab: Lab): ReturnType<typeof certificate> {
  const reachedAt = ["protobox.test", REGISTRY];
  return certificate(lab, "webservers", { commonName: "protobox.test", reachedAt });
}

/** As an operator does. What Pulumi has made of the stack file is the stack's from then on. */
async function setSecrets(stack: LabStack, secrets: Readonly<Record<string, string>>): Promise<void> {
  const values = Object.entries(secrets).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
  const { code, stderr } = await stack.pulumi(["config", "set-all", "--path", ...values]);
  if (code !== 0) throw new Error(`pulumi config set-all ended with ${code}:\n${stderr}`);
  await stack.configure(await readFile(path.join(stack.directory, `Pulumi.${stack.name}.yaml`), "utf8"));
}

/** The password that the stack has made for the registry. */
export async function generatedPassword(stack: LabStack): Promise<string> {
  const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets"]);
  const { deployment } = JSON.parse(stdout) as {
    readonly deployment: { readonly resources: readonly { readonly urn: string; readonly outputs?: object }[] };
  };
  const made = deployment.resources.find(({ urn }) => urn.endsWith("::registry-password"));
  const { result } = (made?.outputs ?? {}) as { readonly result?: { readonly plaintext: string } };
  if (result === undefined) throw new Error("the stack has made no password");
  return JSON.parse(result.plaintext) as string;
}

/** Puts the image of the lab's pods into the registry, from the operator's workstation; the digests of its files. */
export async function push(lab: Lab, image: PodImage, name: string, password: string): Promise<readonly string[]> {
  const authority = path.join(lab.directory, "cluster/pki/ca/certificate.pem");
  const script = path.join(import.meta.dirname, "push-archive.sh");
  const { code, stdout, stderr } = await runAsOperator(
    lab,
    "sh",
    [script, `https://${REGISTRY}`, EDGE, authority, image.archive, name, "1"],
    { input: `box:${password}\n`, timeoutSeconds: 120 },
  );
  if (code !== 0) throw new Error(`the push ended with ${code}:\n${stderr}`);
  return stdout.trim().split(" ");
}

/** Starts a pod on node-1 whose image is fetched from the registry anew, and waits until it runs; what it answers. */
export async function answerOfPod(lab: Lab, pod: string, image: string): Promise<{ readonly pod: string }> {
  const manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod, namespace: "default", labels: { "gatebox-test": "registry" } },
    spec: {
      nodeName: "node-1",
      automountServiceAccountToken: false,
      dnsPolicy: "Default",
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "web", image, imagePullPolicy: "Always", env: [{ name: "POD_NAME", value: pod }] }],
    },
  };
  await cluster(lab, ["apply", "--filename=-"], JSON.stringify(manifest));
  try {
    await cluster(lab, ["wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=60s"]);
  } catch (error) {
    const events = await kubectl(lab, ["describe", "pod", pod], { timeoutSeconds: 30 });
    throw new Error(`${String(error)}\n${events.stdout.slice(-2000)}`, { cause: error });
  }
  const address = await cluster(lab, ["get", "pod", pod, "--output=jsonpath={.status.podIP}"]);
  return JSON.parse(await onHost(lab, "node-1", `curl -s -m 10 'http://${address}:8080/'`)) as { readonly pod: string };
}

/** What kubectl printed for a command that must succeed. */
export async function cluster(lab: Lab, args: readonly string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await kubectl(lab, args, { timeoutSeconds: 90, input });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return stdout;
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
  const units = ["containerd", "kubelet", "docker-registry", "nginx", "haproxy", "keepalived"];
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
