import { valuesOf, type Draft } from "../../draft.ts";
import { interfaceNameFault, longestInterfaceName } from "../../interfaceNames.ts";
import { configuredHosts } from "../../reach.ts";
import { suggestion } from "../../nearMiss.ts";
import { pathOf, type Violation } from "../../violations.ts";

/**
 * Interfaces are named only for networks that the host is on, and each name once: also the names that interfaces have
 * without being named, which are their networks'.
 */
export function* interfaceNames(draft: Draft): Generator<Violation> {
  for (const [host, { addresses, interfaces }] of draft.hosts) {
    const networkOf = new Map<string, string>();
    for (const [network, name] of valuesOf(interfaces)) {
      const path = pathOf("hosts", host, "interfaces", network);
      const other = networkOf.get(name);
      if (addresses && draft.declared.networks?.has(network) && !Object.hasOwn(addresses, network)) {
        const end = suggestion(network, Object.keys(addresses));
        yield { path, message: `"${name}": ${host} has no address on ${network}${end}` };
      } else if (other !== undefined) {
        yield { path, message: `"${name}" is named for ${other} already: each network has an interface of its own` };
      } else if (name !== network && Object.hasOwn(addresses ?? {}, name) && !Object.hasOwn(interfaces ?? {}, name)) {
        const message =
          `"${name}" is the name of the interface on ${name}, which ${host} is on too: ` +
          `choose another, or name that one with "interfaces: { ${name}: … }"`;
        yield { path, message };
      }
      networkOf.set(name, network);
    }
  }
}

/** Hardware addresses are those of networks that the host is on, and no two NICs have one. */
export function* hardwareAddresses(draft: Draft): Generator<Violation> {
  const holders = new Map<string, string>();
  for (const [host, { addresses, macAddresses }] of draft.hosts) {
    for (const [network, ether] of valuesOf(macAddresses)) {
      const path = pathOf("hosts", host, "macAddresses", network);
      if (addresses && draft.declared.networks?.has(network) && !Object.hasOwn(addresses, network)) {
        const end = suggestion(network, Object.keys(addresses));
        yield { path, message: `"${ether}": ${host} has no address on ${network}${end}` };
      }
      const holder = holders.get(ether.toLowerCase());
      if (holder === undefined) holders.set(ether.toLowerCase(), path);
      else yield { path, message: `"${ether}" is that of ${holder}: each NIC has one of its own` };
    }
  }
}

/** A network's name serves as an interface's name on the hosts that the stack configures, so it must be one. */
export function* networkNamesAsInterfaces(draft: Draft): Generator<Violation> {
  for (const host of configuredHosts(draft)) {
    const { addresses = {}, interfaces } = draft.hosts.get(host) ?? {};
    if (interfaces === undefined) continue;
    for (const network of Object.keys(addresses)) {
      if (Object.hasOwn(interfaces, network)) continue;
      const hint = `name the interface with "interfaces: { ${network}: … }"`;
      const path = pathOf("hosts", host, "addresses", network);
      if (network.length > longestInterfaceName) {
        const end = `is too long for the name of an interface (at most ${longestInterfaceName})`;
        yield { path, message: `"${network}" ${end}: ${hint}` };
        continue;
      }
      const fault = interfaceNameFault(network);
      if (fault !== undefined) yield { path, message: `"${network}" ${fault}: ${hint}` };
    }
  }
}
