import type { Draft } from "../draft.ts";
import { configuredHosts } from "../reach.ts";
import { suggestion } from "../nearMiss.ts";
import { pathOf, type Violation } from "../violations.ts";

/** Longest name of a Linux interface: IFNAMSIZ without the closing NUL. */
const LONGEST_NAME = 15;

/** Interfaces are named only for networks that the host is on, each once, and names fit the kernel. */
export function* interfaceNames(draft: Draft): Generator<Violation> {
  for (const [host, { addresses, interfaces }] of draft.hosts) {
    const networkOf = new Map<string, string>();
    for (const [network, name] of Object.entries(interfaces)) {
      const path = pathOf("hosts", host, "interfaces", network);
      const other = networkOf.get(name);
      if (draft.declared.networks?.has(network) && !Object.hasOwn(addresses, network)) {
        const end = suggestion(network, Object.keys(addresses));
        yield { path, message: `"${name}": ${host} has no address on ${network}${end}` };
      } else if (other !== undefined) {
        yield { path, message: `"${name}" is named for ${other} already: each network has an interface of its own` };
      }
      networkOf.set(name, network);
    }
  }
}

/** Hardware addresses are those of networks that the host is on, and no two cards have one. */
export function* hardwareAddresses(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [host, { addresses, ethers }] of draft.hosts) {
    for (const [network, ether] of Object.entries(ethers)) {
      const path = pathOf("hosts", host, "ethers", network);
      if (draft.declared.networks?.has(network) && !Object.hasOwn(addresses, network)) {
        const end = suggestion(network, Object.keys(addresses));
        yield { path, message: `"${ether}": ${host} has no address on ${network}${end}` };
      }
      const holder = holders.get(ether.toLowerCase());
      if (holder === undefined) holders.set(ether.toLowerCase(), path);
      else yield { path, message: `"${ether}" is that of ${holder}: each card has one of its own` };
    }
  }
}

/** A network's name serves as an interface's name on the hosts that the stack configures, so it must fit. */
export function* networkNamesAsInterfaces(draft: Draft): Generator<Violation> {
  for (const host of configuredHosts(draft)) {
    const { addresses = {}, interfaces = {} } = draft.hosts.get(host) ?? {};
    for (const network of Object.keys(addresses)) {
      if (network.length <= LONGEST_NAME || Object.hasOwn(interfaces, network)) continue;
      const message =
        `"${network}" is too long for the name of an interface (at most ${LONGEST_NAME}): ` +
        `name the interface with "interfaces: { ${network}: … }"`;
      yield { path: pathOf("hosts", host, "addresses", network), message };
    }
  }
}
