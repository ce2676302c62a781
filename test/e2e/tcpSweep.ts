/** A machine on every network of the lab that tries all TCP ports of a host, and what a host should answer on. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { parseBox, type Box, type Host } from "../../box/index.ts";
import { contains, rangeOf } from "../../box/ipv4.ts";
import { NETWORKS, type NetworkName } from "../../lab/inventory.ts";
import { addNamespace, ip, removeNamespace, runInNamespace } from "../../lab/network/namespaces.ts";
import { plugIntoSwitch } from "../../lab/network/switch.ts";
import { runChecked } from "../../lab/run.ts";
import { readOfProject } from "../../lab/stack.ts";
import { namespaceOf, namespacePath, type Lab } from "../../lab/state.ts";
import type { OpenPort } from "../../render/assembly.ts";
import { operatorAccess } from "../../render/firewall/operatorAccess.ts";
import { registry } from "../../render/registry.ts";
import { baseConfiguration, onHost, world } from "./world.ts";

const SWEEPER = "sweeper";

/** The network namespace of the machine that asks. */
export function sweeper(lab: Lab): string {
  return namespaceOf(lab, SWEEPER);
}

/** The address of that machine on a network of the lab. */
export function addressOn(network: NetworkName): string {
  return `${NETWORKS[network].prefix}.66`;
}

/** Has the machine there for as long as the suite runs that calls this. It tracks no connections, so it may have many. */
export function withSweeper(): void {
  const networks = Object.keys(NETWORKS) as NetworkName[];
  before(async () => {
    const { lab } = await world();
    const namespace = sweeper(lab);
    await addNamespace(namespace);
    await plugIntoSwitch(
      lab,
      SWEEPER,
      networks.map((network) => ({ network, address: addressOn(network) })),
    );
    const up = (network: NetworkName): string[] => [
      `address add ${addressOn(network)}/${NETWORKS[network].length} dev ${network}`,
      `link set ${network} up`,
    ];
    await ip(namespace, networks.flatMap(up));
  });
  after(async () => removeNamespace(sweeper((await world()).lab)));
}

/** All TCP ports of an address that accept a connection from the machine that asks, which has this address there. */
export async function sweep(lab: Lab, from: string, address: string): Promise<readonly number[]> {
  const program = path.join(import.meta.dirname, "tcpSweep.py");
  const { stdout } = await runChecked(
    `sweep ${address}`,
    "nsenter",
    [`--net=${namespacePath(sweeper(lab))}`, "--", "python3", program, from, address],
    // Some ten seconds where nobody answers; a machine under load may take several times as long.
    { timeoutSeconds: 180 },
  );
  return stdout.trim().split(" ").filter(Boolean).map(Number);
}

/** Of some ports of an address, those that accept no connection from the machine that asks. */
export async function closedOf(lab: Lab, address: string, ports: readonly number[]): Promise<readonly number[]> {
  const closed: number[] = [];
  for (const port of ports) {
    const args = ["3", "bash", "-c", "exec 3<>/dev/tcp/$0/$1", address, String(port)];
    if ((await runInNamespace(sweeper(lab), "timeout", args)).code !== 0) closed.push(port);
  }
  return closed;
}

/** The box of the lab, as its stack file describes it. */
export async function labBox(lab: Lab): Promise<Box> {
  const { config } = parse(await baseConfiguration()) as { config: Record<string, unknown> };
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^gatebox:/, ""), value]),
  );
  const knownHosts = await readFile(lab.knownHosts, "utf8");
  return parseBox({ name: "protobox", values, knownHosts, readFile: readOfProject });
}

/** Whether a TCP port of a host may be open to the machine that asks, on one of the networks. */
export function mayBeOpen(box: Box, host: Host, network: NetworkName): (port: number) => boolean {
  const routes = [...box.kubeGateways!.routes, ...box.services.map(({ gateway }) => gateway)];
  const declaredRoutes = new Set(routes.map(({ port }) => port));
  const here = registry.portsOf(box, host).filter((one) => one.network === network && isFor(one, addressOn(network)));
  return (port) =>
    (sshIsOpen(box, host, network) && operatorAccess(box, host).ports.includes(port)) ||
    here.some((one) => {
      if (one.protocol !== "tcp" || !isWithin(one.port, port)) return false;
      // The border passes declared routes over connection tracking, and nothing else.
      return one.untrackedOnly !== true || declaredRoutes.has(port);
    });
}

/** Whether the operator comes in to a host by this network, and the machine that asks might be the operator's. */
export function sshIsOpen(box: Box, host: Host, network: NetworkName): boolean {
  const { on, from } = operatorAccess(box, host);
  if (from && !includes(from, addressOn(network))) return false;
  const link = host.interfaces[network] ?? "";
  return "interfaces" in on ? on.interfaces.includes(link) : !on.allBut.includes(link);
}

function isFor({ from }: OpenPort, address: string): boolean {
  return from === undefined || includes(from, address);
}

function includes(from: readonly string[], address: string): boolean {
  return from.some((one) => (one.includes("/") ? contains(rangeOf(one), address) : one === address));
}

function isWithin(ports: number | { readonly first: number; readonly last: number }, port: number): boolean {
  return typeof ports === "number" ? ports === port : ports.first <= port && port <= ports.last;
}

/** The TCP ports that programs of a host listen on, at this address or at all. */
export async function listeningOn(lab: Lab, host: string, address: string): Promise<readonly number[]> {
  const places = (await onHost(lab, host, "ss -Hltn | awk '{ print $4 }'")).split("\n");
  const all = places.flatMap((place) => {
    const [, where = "", port = ""] = /^(.*):(\d+)$/.exec(place) ?? [];
    return ["*", "0.0.0.0", "[::]", address].includes(where) ? [Number(port)] : [];
  });
  return [...new Set(all)].sort((one, other) => one - other);
}
