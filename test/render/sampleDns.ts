/** The Protobox with name servers of its own. */
import type { Box } from "../../box/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { dnsmasqAssembly } from "../../render/dnsmasq/index.ts";
import { registry, resolver } from "../../render/registry.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";

/** The least that there is to say of them. */
export const sampleDns = { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox"] };

/** As much as there is to say of them. */
export const wholeDns = {
  ...sampleDns,
  records: { git: "192.168.1.14", "pages.protobox": "192.168.1.15", "wiki.site.example": "10.20.0.80" },
  forwarders: ["9.9.9.9", "192.168.1.99#5353"],
  forward: { consul: ["192.168.1.14#8600", "192.168.1.15#8600"] },
  allowPrivateAnswers: ["corp.example"],
  dhcp: {
    "box-network": {
      range: { first: "192.168.1.100", last: "192.168.1.199" },
      router: "192.168.1.254",
      leaseMinutes: 60,
    },
  },
};

/** The Protobox with the API's address, and these name servers. */
export function dnsBox(dns: object = wholeDns, others: Changes = {}): Box {
  return parseProtobox({ ...controlPlaneChanges(), dns, ...others });
}

/** The tree of a name server. */
export function dnsmasqTree(box: Box, host = "supervisor-1"): readonly TreeFile[] {
  return dnsmasqAssembly.files(box, box.hosts[host]!, registry);
}

/** The tree of a host's resolver. */
export function resolverTree(box: Box, host: string): readonly TreeFile[] {
  return resolver.files(box, box.hosts[host]!, registry);
}

/** Two name servers on two networks, with leases on one of them: arguments of `dnsBox`. */
export const twoServers: [object, Changes] = [
  {
    ...wholeDns,
    pool: "nat-gateway-pool",
    networks: ["gateway-network", "box-network"],
    forward: { consul: ["192.168.1.7#8600"] },
    records: {},
  },
  {},
];
