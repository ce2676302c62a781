/** Which interfaces an assembly goes by: a contract between the trees of a host, so that none reads another's files. */
import { networkInterface } from "./scalars.ts";
import type { TreeFile } from "./treeFile.ts";

/**
 * `interfaces.used`, one name in a line. Whoever is about to rename or drop an interface asks `interfaces.used` of every tree below `/etc/gatebox`
 * first: without it a firewall would let everything pass, and keepalived would leave its addresses to nobody.
 *
 * @example usedInterfaces(["gateway-network", "box-network"])
 */
export function usedInterfaces(names: readonly string[]): TreeFile {
  const lines = [...new Set(names)].map((one) => `${networkInterface(one, "used interface")}\n`);
  return { path: "interfaces.used", mode: "0644", text: lines.join("") };
}
