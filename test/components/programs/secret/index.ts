import * as pulumi from "@pulumi/pulumi";
import { defineBox } from "../../../../components/index.ts";
import { hostUnit } from "../../../../host/HostUnit.ts";

const config = new pulumi.Config();
const { hosts } = defineBox({
  networks: { "box-network": "192.168.1.0/24" },
  connection: { network: "box-network" },
  hosts: { "gateway-1": { hostKey: config.require("hostKey"), addresses: { "box-network": "192.168.1.11" } } },
  pools: { gateways: ["gateway-1"] },
  virtualIps: { edge: { pool: "gateways", network: "box-network", address: "192.168.1.100", virtualRouterId: 1 } },
});
const parent = new pulumi.ComponentResource("tests:index:Pool", "pool");
const later = config.getBoolean("later") === true;

hostUnit(
  "pool",
  {
    host: hosts["gateway-1"]!,
    assembly: "edge",
    unit: "site.pool",
    files: [{ path: "base.cfg", text: later ? pulumi.output(Promise.resolve("listen\n")) : "listen\n" }],
    secret: config.getBoolean("secret") === true,
  },
  { parent, dependsOn: [] },
);
