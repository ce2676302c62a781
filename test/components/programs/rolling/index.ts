import { readFileSync } from "node:fs";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { defineBox } from "../../../../components/index.ts";
import { backupsFirst, rolling } from "../../../../components/rolling.ts";

/** What each host of the pool is given: a directory in which the runtime runs, and what it gets. */
interface Site {
  readonly hostKey: string;
  readonly hosts: Readonly<Record<string, { readonly root: string; readonly path: string; readonly payload: string }>>;
}

const { hostKey, hosts } = JSON.parse(readFileSync(new pulumi.Config().require("site"), "utf8")) as Site;
const names = Object.keys(hosts);
const box = defineBox({
  networks: { "box-network": "192.168.1.0/24" },
  connection: { network: "box-network" },
  hosts: Object.fromEntries(
    names.map((name, index) => [name, { hostKey, addresses: { "box-network": `192.168.1.${10 + index}` } }]),
  ),
  pools: { gateways: names },
  virtualIps: {
    // The first host should hold it, and so is changed last.
    edge: {
      pool: "gateways",
      network: "box-network",
      address: "192.168.1.100",
      virtualRouterId: 1,
      priorities: Object.fromEntries(names.map((name, index) => [name, 200 - 10 * index])),
    },
  },
});

// Commands on this machine stand for those by SSH; the order and the runtime are the real ones.
rolling(backupsFirst(box, "gateways"), [], ({ name }, dependsOn) => {
  const { root, path, payload } = hosts[name]!;
  const environment = { PATH: path, GATEBOX_ROOT: root, GATEBOX_GATHER: "0" };
  return new local.Command(name, { create: `sh '${root}/unit.sh' apply`, environment, stdin: payload }, { dependsOn });
});
