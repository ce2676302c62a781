import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Box } from "../../box/index.ts";
import { trustedPools } from "../../render/gluster/trustedPools.ts";
import { options } from "../../render/glusterVolumes/index.ts";
import { script } from "../../render/script.ts";
import { parseProtobox } from "../box/parsing.ts";
import { brick, GlusterServers } from "./sandbox/glusterServers.ts";

const hosts = ["gateway-1", "gateway-2", "gateway-3", "gateway-4"] as const;

/** A volume of bricks on the root file system: what the hosts of this test have. */
function declared(...sets: readonly (readonly string[])[]): Box {
  return withPingTimeout(10, ...sets);
}

function withPingTimeout(pingTimeoutSeconds: number, ...sets: readonly (readonly string[])[]): Box {
  const replicaSets = sets.map(([one = "", two = "", arbiter = ""]) => ({
    data: [{ host: one }, { host: two }],
    arbiter: { host: arbiter },
  }));
  const volume = {
    kind: "gluster",
    network: "gateway-network",
    allowOnRootFilesystem: true,
    pingTimeoutSeconds,
    replicaSets,
  };
  return parseProtobox({ sharedVolumes: { files: volume } });
}

describe("the volumes of real servers of GlusterFS", function () {
  // Some 15 s on a quiet machine; four glusterds on a busy one take several times that.
  this.timeout(120_000);
  let servers: GlusterServers;
  before(async () => {
    servers = await GlusterServers.start(hosts);
  });
  after(() => servers.stop());

  const first = declared(["gateway-1", "gateway-2", "gateway-3"]);

  it("are made as they are declared, over TLS, and made once", () => {
    servers.apply(first);
    const [pool] = trustedPools(first);
    const made = servers.info();
    assert.equal(made.status, "Started");
    assert.deepEqual(made.bricks, [brick("gateway-1"), brick("gateway-2"), brick("gateway-3", " arbiter")]);
    for (const [key, value] of Object.entries(options(pool!, pool!.volumes[0]!))) assert.equal(made.options[key], value, key); // prettier-ignore
    const before = servers.on("gateway-1", "pgrep glusterfsd").said;
    servers.apply(first);
    assert.deepEqual(servers.info(), made);
    assert.equal(servers.on("gateway-1", "pgrep glusterfsd").said, before, "no brick is started again");
  });

  it("are told again what a server died at", () => {
    assert.equal(servers.on("gateway-1", "gluster --mode=script volume stop files").code, 0);
    const programs = mkdtempSync(path.join(servers.directory, "dying-"));
    copyFileSync(path.join(import.meta.dirname, "sandbox/dying-gluster.sh"), path.join(programs, "gluster"));
    chmodSync(path.join(programs, "gluster"), 0o755);
    const patient = withPingTimeout(15, ["gateway-1", "gateway-2", "gateway-3"]);
    assert.deepEqual(servers.step("activate", patient, { programs: `${programs}:$PATH` }), { code: 0, said: "" });
    assert.deepEqual([servers.info().status, servers.info().options["network.ping-timeout"]], ["Started", "15"]);
    assert.deepEqual(readdirSync(programs).sort(), ["gluster", "gluster.set", "gluster.start"]);
    servers.apply(first);
  });

  it("refuse to have their bricks in another order, and two of a set replaced at once", () => {
    const refused = (box: Box, why: RegExp): void => {
      const { code, said } = servers.step("check", box);
      assert.equal(code, 1, said);
      assert.match(said, why);
    };
    refused(declared(["gateway-1", "gateway-3", "gateway-2"]), /has its bricks in another order .*keep the order of replicaSets/); // prettier-ignore
    refused(declared(["gateway-1", "gateway-4", "gateway-5"]), /two bricks of one set of the volume files are declared anew/); // prettier-ignore
  });

  it("are left to the members of the pool by a server that is in none", () => {
    const onNew = declared(["gateway-4", "gateway-2", "gateway-3"]);
    for (const name of ["check", "activate", "probe"]) assert.deepEqual(servers.step(name, onNew, { host: "gateway-4" }), { code: 0, said: "" }, name); // prettier-ignore
    assert.equal(servers.on("gateway-4", "gluster pool list | grep -c .").said, "2", "a heading and itself");
    const { code, said } = servers.step("check", declared(["gateway-1", "gateway-3", "gateway-2"]), {
      host: "gateway-2",
    });
    assert.equal(code, 1, said);
    assert.match(said, /another order/, "any member guards it");
  });

  it("have a brick replaced on another host, and the lost one leave the pool", () => {
    const replaced = declared(["gateway-1", "gateway-2", "gateway-4"]);
    writeFileSync(path.join(servers.directory, "peers"), "192.168.2.13\n");
    servers.on("gateway-1", `cp ${servers.directory}/peers /var/lib/glusterd/gatebox-peers`);
    servers.apply(replaced);
    assert.deepEqual(servers.info().bricks, [brick("gateway-1"), brick("gateway-2"), brick("gateway-4", " arbiter")]);
    assert.doesNotMatch(servers.on("gateway-1", "gluster pool list").said, /192\.168\.2\.13/);
    const mark = servers.info().options["user.gatebox-healing-1"] ?? "";
    assert.match(mark, /^192\.168\.2\.14:\/srv\/gatebox\/bricks\/files\/brick@\d+$/);
    const timer = path.join(servers.directory, "healed.sh");
    writeFileSync(timer, script(path.join(import.meta.dirname, "../../render/gluster"), "healed.sh"));
    servers.on("gateway-2", `tries=0; until grep -q '^user.gatebox-healed-1=' /var/lib/glusterd/vols/files/info || [ "$tries" = 40 ]; do sh ${timer}; tries=$((tries + 1)); sleep 0.5; done`); // prettier-ignore
    assert.equal(servers.info().options["user.gatebox-healed-1"], mark, "seen whole, and known to all");
  });

  it("refuse a replacement while another brick of the set is offline", () => {
    servers.on("gateway-2", "pkill -KILL glusterfsd");
    const { code, said } = servers.step("check", declared(["gateway-1", "gateway-2", "gateway-3"]));
    assert.equal(code, 1, said);
    assert.match(said, /is declared anew while 192\.168\.2\.12:.*is not online: bring that back first/);
  });
});
