import assert from "node:assert/strict";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

describeViolations("how the hosts of a pool are changed", [
  {
    breaks: "an unknown pool, hosts of another one, and one that is named twice",
    changes: {
      rollout: {
        "kube-gateways-pool": {},
        "kube-gateway-pool": { first: ["gateway-3", "gateway-4", "gateway-3"] },
      },
    },
    says: [
      'rollout.kube-gateways-pool: unknown pool "kube-gateways-pool" (did you mean "kube-gateway-pool"?)',
      'rollout.kube-gateway-pool.first[1]: "gateway-4" is not of kube-gateway-pool (did you mean "gateway-1"?): name a host of it',
      'rollout.kube-gateway-pool.first[2]: "gateway-3" comes first already: remove one of the two',
    ],
  },
  {
    breaks: "a batch of more than half of a pool, and one that is no number",
    changes: { rollout: { "kube-gateway-pool": { batch: 2 }, "nat-gateway-pool": { batch: 0 } } },
    says: [
      "rollout.nat-gateway-pool.batch: 0 is not a number of hosts: write a whole number, 1 or more",
      "rollout.kube-gateway-pool.batch: 2 of 3 hosts at a time are more than half: write 1, so that others carry their traffic",
    ],
  },
]);

describe("the hosts of a pool", () => {
  it("are changed one by one where nothing is said", () => {
    assert.deepEqual(parseProtobox().rollout, {});
    assert.deepEqual(parseProtobox({ rollout: { "kube-gateway-pool": { first: ["gateway-3"] } } }).rollout, {
      "kube-gateway-pool": { first: ["gateway-3"], batch: 1 },
    });
  });
});
