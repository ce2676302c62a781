import { show } from "../../box/printable.ts";
import type { Notes } from "./notes.ts";

/** The documents have two names for some networks. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["cluster-gateway", "gateway-network"],
  ["public-gateway", "public-network"],
]);

/** A name as the stack file takes it: `kube_gateway_pool` is `kube-gateway-pool`. */
export function plainName(written: string): string {
  return written.toLowerCase().replaceAll(/[_.]/g, "-");
}

/** The one name of a network. */
export function networkName(written: string): string {
  const plain = plainName(written);
  return otherNames.get(plain) ?? plain;
}

/** The same, and tells when it is not the name that is written. */
export function toldNetworkName(written: string, path: string, notes: Notes): string {
  const name = networkName(written);
  if (name !== written) notes.changed(path, `${show(written)} is another name of ${name}: it is ${name} everywhere`);
  return name;
}
