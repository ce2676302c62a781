/**
 * The lab's networks: a namespace that holds nothing but bridges, one per network, like the switch of a rack. Two labs
 * have two switches, so their equal addresses never meet.
 */
import { etherOf, NETWORK_NAMES, networksOf, type LabHost, type NetworkName } from "../inventory.ts";
import { namespaceOf, type Lab } from "../state.ts";
import { run } from "../run.ts";
import { addNamespace, ip, namespaceExists, removeNamespace, writeSysctl } from "./namespaces.ts";
import { plugIntoUplink } from "./uplink.ts";

/** Makes the bridges; those that exist are kept. */
export async function addSwitch(lab: Lab): Promise<void> {
  const namespace = namespaceOf(lab, "switch");
  await addNamespace(namespace);
  // Bridged frames are no business of iptables. Absent where the module br_netfilter is not loaded.
  await writeSysctl(namespace, "net/bridge/bridge-nf-call-iptables", "0").catch(() => undefined);
  for (const network of NETWORK_NAMES) {
    if (!(await hasLink(namespace, network))) {
      await ip(namespace, [`link add ${network} type bridge`, `link set ${network} up`]);
    }
  }
}

/** An interface of a namespace on one of the networks; its hardware address follows from the address that it will have. */
export interface Port {
  readonly network: NetworkName;
  readonly address: string;
}

/**
 * Gives a namespace its interfaces, plugged into the switch, each named for its network. They are down and have no
 * addresses: that is for whoever is at home there.
 *
 * @param part whose namespace it is: a host's name, or `operator`
 */
export async function plugIntoSwitch(lab: Lab, part: string, ports: readonly Port[]): Promise<void> {
  const own = namespaceOf(lab, part);
  const switchNamespace = namespaceOf(lab, "switch");
  for (const { network, address } of ports) {
    const port = portName(network, part);
    const cable = `link add name ${network} address ${etherOf(address)} netns ${own} type veth`;
    await run("ip", ["-n", switchNamespace, "link", "delete", port], { timeoutSeconds: 30 });
    await ip(undefined, [`${cable} peer name ${port} netns ${switchNamespace}`]);
    await ip(switchNamespace, [`link set ${port} master ${network} up`]);
  }
}

/** Makes a host's namespace as it is when the power comes on: interfaces, no forwarding; its own system gives them addresses. */
export async function plugInHost(lab: Lab, host: LabHost): Promise<void> {
  await unplugHost(lab, host);
  await addNamespace(namespaceOf(lab, host.name));
  const ports = networksOf(host).map((network) => ({ network, address: host.addresses[network] ?? "" }));
  await plugIntoSwitch(lab, host.name, ports);
  if (host.uplink) {
    await plugIntoUplink(lab, host);
  }
}

/** Pulls a host's cables: its namespace goes, and with it its interfaces, rules and connections. */
export async function unplugHost(lab: Lab, host: LabHost): Promise<void> {
  const namespace = namespaceOf(lab, host.name);
  if (!(await namespaceExists(namespace))) {
    return;
  }
  // The namespace may outlive its name for a moment where something still holds it; its cables must not.
  for (const link of [...networksOf(host), "uplink"]) {
    await run("ip", ["-n", namespace, "link", "delete", link], { timeoutSeconds: 30 });
  }
  await removeNamespace(namespace);
}

/** A port of the switch is named for the network's first letter and whose it is: `g-gateway-1`. */
export function portName(network: NetworkName, part: string): string {
  return `${network.slice(0, 1)}-${part}`.slice(0, 15);
}

async function hasLink(namespace: string, link: string): Promise<boolean> {
  return (await run("ip", ["-n", namespace, "link", "show", "dev", link], { timeoutSeconds: 30 })).code === 0;
}
