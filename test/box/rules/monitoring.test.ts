import assert from "node:assert/strict";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const monitoring = { pool: "nat-gateway-pool", networks: ["box-network", "gateway-network"] };

describeViolations("monitoring", [
  {
    breaks: "hosts that are on none of its networks",
    changes: { monitoring: { ...monitoring, networks: ["box-network"] } },
    says: ["monitoring.networks: webserver-1 and webserver-2 are on none of box-network: add a network where they are"],
  },
  {
    breaks: "a network that monitoring's own hosts are not on",
    changes: { monitoring: { ...monitoring, networks: ["public-network", "box-network"] } },
    says: [
      "monitoring.networks: webserver-1 and webserver-2 are asked on public-network, where no host of nat-gateway-pool is: name another network first",
    ],
  },
  {
    breaks: "unknown names, no network, and a port that is none",
    changes: { monitoring: { pool: "nat", networks: [], nodeExporter: { port: 70000 } } },
    says: [
      "monitoring.networks: [] is empty: name the networks on which monitoring asks hosts",
      "monitoring.nodeExporter.port: 70000 is not a port: write a whole number from 1 to 65535",
      'monitoring.pool: unknown pool "nat" (known: webservers-pool, kube-gateway-pool, nat-gateway-pool, supervisors-pool, masters-pool, nodes-pool, databases-pool, search-pool)',
    ],
  },
]);

describe("a box's monitoring", () => {
  it("is absent unless the stack has it, and asks on port 9100", () => {
    assert.equal(parseProtobox({ monitoring: undefined }).monitoring, undefined);
    assert.deepEqual(parseProtobox({ monitoring }).monitoring, {
      ...monitoring,
      nodeExporter: { port: 9100 },
      nginxExporter: { port: 9113 },
    });
  });
});
