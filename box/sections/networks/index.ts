import type { Network } from "../../model.ts";
import { ipv6Prefix } from "../../ipv6.ts";
import type { Section, Sound } from "../section.ts";
import { networkAddresses, overlappingNetworks } from "./addresses.ts";
import { networkPrefixes, overlappingPrefixes } from "./prefixes.ts";
import { schema } from "./schema.ts";

/** Every network of the box. */
export const networks: Section<"networks", typeof schema> = {
  name: "networks",
  schema,
  entry: "network",
  rules: [networkAddresses, overlappingNetworks, networkPrefixes, overlappingPrefixes],
  resolve,
};

function resolve({ draft }: Sound): Record<string, Network> {
  const resolved = [...draft.networks].map(([name, { cidr = "", ipv6 }]) => {
    const network: Network = { name, cidr, ...(ipv6 === undefined ? {} : { ipv6: ipv6Prefix(ipv6.range) }) };
    return [name, network] as const;
  });
  return Object.fromEntries(resolved);
}
