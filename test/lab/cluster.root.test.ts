import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { apiPlaceOf, chooseApiPlace } from "../../lab/cluster/apiPlace.ts";
import {
  bringUpCluster,
  firstMaster,
  NodePortAddresses,
  setNodePortAddresses,
  switchApi,
} from "../../lab/cluster/index.ts";
import { nodePortAddressesOf } from "../../lab/cluster/kubeProxy.ts";
import { kubectlChecked } from "../../lab/cluster/programs.ts";
import { waitForNodes, waitForWorkloads } from "../../lab/cluster/ready.ts";
import { API_NAME, CLUSTER_NETWORK, clusterAddress, roleOf, ROLE_LABEL } from "../../lab/cluster/topology.ts";
import { WORKLOADS } from "../../lab/cluster/workloads.ts";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { kubernetesPrograms, startHost, stopHost } from "../../lab/hosts/machine.ts";
import { hostNamed, HOSTS, type LabHost } from "../../lab/inventory.ts";
import { runAsOperator } from "../../lab/operator.ts";
import { labNamed, readRecord } from "../../lab/state.ts";
import { setLinks } from "../faults/breaking.ts";

/** The NodePort of the lab's own that no stack declares. */
const UNDECLARED_PORT = 30999;

const lab = labNamed();
let hosts: readonly LabHost[] = [];
let nodes: readonly LabHost[] = [];

interface Answer {
  readonly app: string;
  readonly pod: string;
  readonly node: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

async function get(url: string, ...options: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await runAsOperator(lab, "curl", ["-sS", "-m", "5", ...options, url]);
  assert.equal(code, 0, `${url}: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

async function list<T>(...args: string[]): Promise<readonly T[]> {
  return (JSON.parse(await kubectlChecked(lab, ["get", ...args, "--output=json"])) as { items: readonly T[] }).items;
}

interface Node {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
  readonly status: {
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly nodeInfo: { readonly bootID: string; readonly kubeletVersion: string };
  };
}

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: { readonly app: string } };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
}

/** Polls until `isReached`; false after `seconds`. */
async function until(seconds: number, isReached: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isReached())) {
    if (Date.now() > deadline) return false;
    await sleep(250);
  }
  return true;
}

describe("the lab's cluster", () => {
  before(async () => {
    const record = await readRecord(lab);
    if (!record) {
      throw new Error(
        `lab ${lab.name} is not up: bring it up with its cluster (npm start), or name another in GATEBOX_LAB`,
      );
    }
    hosts = HOSTS.filter((host) => record.hosts.includes(host.name));
    nodes = hosts.filter((host) => host.kubernetes === "node");
  });

  it("has every node ready under its box address, the gateways among them", async () => {
    const found = await list<Node>("nodes");
    const seen = found.map(({ metadata, status }) => ({
      name: metadata.name,
      role: metadata.labels[ROLE_LABEL],
      address: status.addresses.find(({ type }) => type === "InternalIP")?.address,
      ready: status.conditions.find(({ type }) => type === "Ready")?.status,
    }));
    const wanted = nodes.map((node) => ({
      name: node.name,
      role: roleOf(node),
      address: clusterAddress(node),
      ready: "True",
    }));
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
    assert.deepEqual([...seen].sort(byName), [...wanted].sort(byName));
    assert.ok(wanted.some(({ role }) => role === "gateway") && wanted.some(({ role }) => role === "worker"));
  });

  it("runs every application, none on gateways alone", async () => {
    const pods = await list<Pod>("pods", "--all-namespaces");
    for (const { name, namespace, replicas } of WORKLOADS) {
      const own = pods.filter(({ metadata }) => metadata.namespace === namespace && metadata.labels.app === name);
      assert.equal(own.length, replicas, name);
      assert.ok(
        own.some(({ spec }) => roleOf(hostNamed(spec.nodeName)) === "worker"),
        `${name} runs on no worker`,
      );
    }
  });

  it("answers on a NodePort of every node, from pods of its own and of other nodes", async () => {
    for (const node of nodes) {
      const pods = new Map<string, string>();
      // kube-proxy picks one of two pods at random: both stay away from 60 requests once in 2^59.
      for (let request = 0; request < 60 && pods.size < 2; request += 1) {
        const answer = await get(`http://${clusterAddress(node)}:${UNDECLARED_PORT}/who`, "-H", "X-Probe: 7");
        assert.equal(answer.app, "undeclared");
        assert.equal(answer.path, "/who");
        assert.deepEqual(answer.headers["X-Probe"], ["7"]);
        pods.set(answer.pod, answer.node);
      }
      const roles = [...pods.values()].map((name) => roleOf(hostNamed(name))).sort();
      assert.deepEqual(roles, ["gateway", "worker"], `through ${node.name}`);
    }
  });

  it("has pods that pass WebSocket messages back and hold slow requests open", async () => {
    const address = `${clusterAddress(hostNamed("node-1"))}:${UNDECLARED_PORT}`;
    const script = `
      const sizes = [5, 200, 70000];
      const socket = new WebSocket("ws://${address}/socket");
      socket.onopen = () => socket.send("x".repeat(sizes[0]));
      socket.onerror = () => process.exit(1);
      socket.onmessage = ({ data }) => {
        if (data !== "x".repeat(sizes.shift())) process.exit(2);
        if (sizes.length === 0) socket.close(1000);
        else socket.send("x".repeat(sizes[0]));
      };
      socket.onclose = ({ code }) => process.exit(code === 1000 ? 0 : 3);`;
    const { code } = await runAsOperator(lab, process.execPath, ["-e", script], { timeoutSeconds: 15 });
    assert.equal(code, 0, "1: no connection, 2: another message came back, 3: closed without being asked");
    const begun = Date.now();
    await get(`http://${address}/slow?ms=400`);
    assert.ok(Date.now() - begun >= 400);
  });

  it("lets nobody ask a kubelet without a certificate", async () => {
    const url = `https://${clusterAddress(hostNamed("node-1"))}:10250/pods`;
    const { stdout } = await runAsOperator(lab, "curl", [
      "-sk",
      "-m",
      "5",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      url,
    ]);
    assert.equal(stdout, "401");
  });

  it("answers on NodePorts of all addresses or of the box network's, as chosen on the running lab", async () => {
    const before = await nodePortAddressesOf(lab);
    const gateway = hostNamed("gateway-1");
    // From the host itself: a border in front of it would hide the difference.
    const answersAt = async (address: string | undefined): Promise<boolean> => {
      const script = `curl -s -o /dev/null -m 2 http://${address ?? ""}:${UNDECLARED_PORT}/`;
      return (await exec(lab, gateway.name, script)).code === 0;
    };
    const { "gateway-network": outer, "box-network": inner } = gateway.addresses;
    try {
      // kube-proxy writes its rules within a second of its start; thirty are for a machine busy with compilers.
      await setNodePortAddresses(lab, NodePortAddresses.All);
      assert.ok(await until(30, () => answersAt(outer)), "all: no answer on the gateway network");
      await setNodePortAddresses(lab, NodePortAddresses.Box);
      assert.ok(await until(30, async () => !(await answersAt(outer))), "box: still an answer on the gateway network");
      assert.ok(await until(30, () => answersAt(inner)), "box: no answer on the box network");
    } finally {
      await setNodePortAddresses(lab, before);
    }
  });

  it("asks the API where it is led to, and nowhere that does not answer by its name", async () => {
    const before = await apiPlaceOf(lab);
    const asked = async (host: string): Promise<readonly string[]> => {
      const files = "/etc/kubernetes/kubelet.kubeconfig /etc/kubernetes/kube-proxy.kubeconfig";
      const { stdout } = await exec(lab, host, `grep -h tls-server-name ${files}`);
      return stdout.match(/[a-z]+\.[a-z.]+/g) ?? [];
    };
    const pods = async (): Promise<readonly string[]> => {
      const found = await list<Pod>("pods", "--all-namespaces");
      return found.map(({ metadata, status }) => `${metadata.name} ${status.containerStatuses?.[0]?.restartCount}`);
    };
    const podsBefore = await pods();
    try {
      await assert.rejects(switchApi(lab, { ...firstMaster(), name: "api.elsewhere.test" }), /does not answer at/);
      assert.deepEqual(await apiPlaceOf(lab), before);
      // As a switch leaves it that failed after its choice.
      await chooseApiPlace(lab, { ...firstMaster(), name: API_NAME }, { switching: true });
      await switchApi(lab, { ...firstMaster(), name: API_NAME });
      for (const node of nodes) assert.deepEqual(await asked(node.name), [API_NAME, API_NAME], node.name);
    } finally {
      await switchApi(lab, before);
    }
    assert.deepEqual([...(await pods())].sort(), [...podsBefore].sort(), "a pod was restarted");
  });

  it("is left as it is by a second run", async () => {
    const state = async (): Promise<unknown> => {
      const objects = await list<{ metadata: { name: string; uid: string; generation: number } }>(
        "deployments",
        "--all-namespaces",
      );
      const services = await list<{ metadata: { name: string; resourceVersion: string } }>("services", "-A");
      const units =
        "kubelet kube-proxy containerd lab-pod-network lab-etcd kube-apiserver kube-controller-manager kube-scheduler";
      // The invocation is another one after every start.
      const script = `systemctl show --property=Id,InvocationID ${units}`;
      const members = hosts.filter((host) => host.kubernetes !== undefined);
      return {
        nodes: (await list<Node>("nodes")).map(({ metadata, spec }) => [metadata.name, metadata.labels, spec]),
        deployments: objects.map(({ metadata }) => [metadata.name, metadata.uid, metadata.generation]),
        services: services.map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
        pods: (await list<Pod>("pods", "--all-namespaces")).map(({ metadata }) => metadata.name),
        units: await Promise.all(
          members.map(async (host) => (await execChecked(lab, host.name, "asking for units", script)).stdout),
        ),
      };
    };
    const before = await state();
    await bringUpCluster(lab, { kubernetesBinary: join(kubernetesPrograms(lab), "kubernetes") });
    assert.deepEqual(await state(), before);
  });

  it("has the way to its pods back after a node's cables were pulled", async () => {
    // A worker has the network that its installer left: a gateway whose network the stack writes loses nothing.
    const node = nodes.find((each) => roleOf(each) === "worker");
    assert.ok(node);
    const waysOf = async (): Promise<readonly string[]> => {
      const { stdout } = await exec(lab, node.name, `ip -4 route show dev ${CLUSTER_NETWORK}`);
      return stdout.match(/^10\.\S+ via \S+/gm) ?? [];
    };
    const before = await waysOf();
    assert.ok(before.length >= nodes.length - 1, before.join());
    await setLinks(lab, node.name, "down");
    try {
      // The interface loses its address, and with it every route over it.
      assert.ok(await until(30, async () => (await waysOf()).length === 0), "the routes are still there");
    } finally {
      await setLinks(lab, node.name, "up");
    }
    const areBack = await until(30, async () => (await waysOf()).join() === before.join());
    assert.ok(areBack, `the routes are not as they were: ${(await waysOf()).join()} instead of ${before.join()}`);
    await waitForNodes(lab, nodes);
  });

  it("comes back by itself after a node was switched off and on", async function () {
    // Boot, kubelet and ten pods take 20 s on a quiet machine; each wait within is bounded by itself.
    this.timeout(600_000);
    const pods = (await list<Pod>("pods", "--namespace=undeclared")).map(({ spec }) => hostNamed(spec.nodeName));
    const node = pods.find((host) => roleOf(host) === "worker");
    assert.ok(node, "no pod of its application on a worker");
    const bootOf = async (): Promise<string | undefined> =>
      (await list<Node>("nodes")).find(({ metadata }) => metadata.name === node.name)?.status.nodeInfo.bootID;
    const before = await bootOf();
    await stopHost(lab, node);
    await startHost(lab, node);
    await waitForSsh(lab, node);
    assert.ok(await until(120, async () => (await bootOf()) !== before), "the kubelet does not report its new boot");
    await waitForNodes(lab, nodes);
    await waitForWorkloads(lab);
    const answers = async (): Promise<boolean> =>
      get(`http://${clusterAddress(node)}:${UNDECLARED_PORT}/`).then(
        (answer) => answer.node === node.name,
        () => false,
      );
    assert.ok(await until(60, answers), "no pod of the node answers on its NodePort");
  });
});
