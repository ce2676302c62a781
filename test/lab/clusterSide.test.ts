import assert from "node:assert/strict";
import { clusterServes, membersOf, volumesSchema } from "../../lab/clusterSide.ts";
import { clusterTables } from "../../lab/page.ts";
import { wholeProtoboxValues } from "../box/protobox.ts";

describe("the page's volumes", () => {
  it("are those that have hosts of their own, without arbiters", () => {
    const archive = { kind: "nfs", server: "192.168.1.7", export: "/srv", clients: ["nodes-pool"] };
    const declared = { ...(wholeProtoboxValues()["sharedVolumes"] as object), archive };
    assert.deepEqual(
      membersOf(volumesSchema.parse(declared)).map(({ name, hosts }) => [name, ...hosts]),
      [
        ["gateway-shared", "gateway-1", "gateway-2", "gateway-3"],
        ["nat-shared", "gateway-4", "gateway-5"],
        ["web-shared", "webserver-1", "webserver-2"],
      ],
    );
  });

  it("serve where all of their hosts read the same, on nodes that are all ready", () => {
    const node = { name: "node-1", ready: true, version: "v1" };
    const volume = { name: "v", place: "/p", hosts: ["a", "b"], readBy: ["a", "b"] };
    const seen = { api: "api:6442", nodes: [node], volumes: [volume] };
    assert.equal(clusterServes(seen), true);
    assert.equal(clusterServes({ ...seen, nodes: [] }), false);
    assert.equal(clusterServes({ ...seen, nodes: [node, { ...node, ready: false }] }), false);
    assert.equal(clusterServes({ ...seen, volumes: [{ ...volume, readBy: ["a"] }] }), false);
  });

  it("serve only where the image of the registry's pod comes, and the page says why it does not", () => {
    const seen = { api: "api:6442", nodes: [{ name: "node-1", ready: true, version: "v1" }], volumes: [] };
    const image = { image: "registry.protobox/lab/web:1", pod: "p", node: "node-1", answer: "p", trouble: "" };
    assert.equal(clusterServes({ ...seen, image }), true);
    const failed = { ...seen, image: { ...image, answer: "", trouble: "401 Unauthorized" } };
    assert.equal(clusterServes(failed), false);
    assert.match(clusterTables({ ...seen, image }), /^ {2}registry\.protobox\/lab\/web:1 +p +node-1 +pod p$/m);
    assert.match(clusterTables(failed), /node-1 +NOT STARTED: 401 Unauthorized$/m);
    assert.doesNotMatch(clusterTables(seen), /registry/);
  });
});
