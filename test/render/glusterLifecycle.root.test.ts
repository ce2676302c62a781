import assert from "node:assert/strict";
import { chmodSync, copyFileSync } from "node:fs";
import path from "node:path";
import type { Box } from "../../box/index.ts";
import { glusterAssembly } from "../../render/gluster/index.ts";
import { sharedMountsAssembly } from "../../render/sharedMounts/index.ts";
import { parseProtobox } from "../box/parsing.ts";
import { addressOf, brick, brickDirectory, GlusterServers } from "./sandbox/glusterServers.ts";

const first = ["gateway-1", "gateway-2", "gateway-3"] as const;
const second = ["gateway-4", "gateway-5", "webserver-1"] as const;
const spare = "webserver-2";
const repaired = ["gateway-1", spare, "gateway-3"] as const;
const mountPoint = "/srv/shared";

/** A volume of two copies and an arbiter, as many sets as are named. */
function declared(...sets: readonly (readonly string[])[]): Box {
  const disk = (host: string) => ({ host, device: "/dev/vdb" });
  const replicaSets = sets.map(([one = "", two = "", three = ""]) => ({
    data: [disk(one), disk(two)],
    arbiter: disk(three),
  }));
  return parseProtobox({ sharedVolumes: { files: { kind: "gluster", network: "gateway-network", mountPoint, replicaSets } } }); // prettier-ignore
}

/** One volume from its making to its end and back, written to all the while: each step begins where the one before it ended. */
describe("a volume of real servers of GlusterFS", function () {
  // Some 40 s on a quiet machine; seven glusterds on a busy one take several times that.
  this.timeout(600_000);
  let servers: GlusterServers;
  before(async () => {
    servers = await GlusterServers.start([...first, ...second, spare]);
    servers.apply(declared(first));
    mount();
    write("before");
    written = sums();
  });
  after(() => servers.stop());

  const on = (script: string): string => servers.well("gateway-1", script);
  const mount = (): void => void on(`mkdir -p ${mountPoint} && mount -t glusterfs ${addressOf("gateway-1")}:/files ${mountPoint} && stat -f -c %T ${mountPoint} | grep -q fuse`); // prettier-ignore
  const write = (name: string): void => void on(`cd ${mountPoint} && mkdir -p ${name} && for n in $(seq 20); do head -c 3000 /dev/urandom >${name}/$n; done`); // prettier-ignore
  const sums = (): string => on(`cd ${mountPoint} && find . -type f -exec sha256sum {} + | sort -k 2`);
  const copies = (host: string): string => servers.well(host, `cd ${brickDirectory} && find . -path ./.glusterfs -prune -o -type f -size +0 -exec sha256sum {} + | sort -k 2`); // prettier-ignore
  const until = (condition: string): void => void on(`tries=0; until ${condition}; do tries=$((tries + 1)); [ $tries -lt 200 ]; sleep 0.3; done`); // prettier-ignore
  const bricks = (): string[] => servers.info().bricks.map((one) => one.replace(" arbiter", ""));
  let written = "";

  // A client may reach a brick a moment after the others; what it wrote before that is healed.
  const sameCopies = (one: string, other: string): void => {
    for (let tries = 0; tries < 50 && copies(one) !== copies(other); tries++) on("sleep 0.3");
    assert.notEqual(copies(one), "");
    assert.equal(copies(one), copies(other));
  };

  it("grows by a set, whose bricks an earlier try has marked, and spreads every file though a server dies at that", () => {
    const id = /^Volume ID: (.*)$/m.exec(on("gluster volume info files"))![1]!.replaceAll("-", "");
    servers.well("gateway-5", `setfattr -n trusted.glusterfs.volume-id -v 0x${id} ${brickDirectory}`);
    const programs = path.join(servers.directory, "dying");
    on(`mkdir -p ${programs}`);
    copyFileSync(path.join(import.meta.dirname, "sandbox/dying-gluster.sh"), path.join(programs, "gluster"));
    chmodSync(path.join(programs, "gluster"), 0o755);
    servers.apply(declared(first, second), { programs: `${programs}:$PATH` });
    assert.deepEqual(
      bricks(),
      [...first, ...second].map((host) => brick(host)),
    );
    until("gluster volume rebalance files status | grep -q completed && ! gluster volume rebalance files status | grep -q progress"); // prettier-ignore
    assert.equal(sums(), written);
    write("grown");
    written = sums();
    sameCopies("gateway-4", "gateway-5");
  });

  it("has the brick of a dead machine on a new one, with all that it had and was written since", () => {
    on(`printf '%s\\n' ${[...first, ...second].map(addressOf).join(" ")} >/var/lib/glusterd/gatebox-peers`);
    servers.lose("gateway-2");
    until("gluster pool list | grep -q Disconnected");
    write("lost");
    servers.apply(declared(repaired, second));
    write("repaired");
    written = sums();
    until("[ $(gluster volume heal files statistics heal-count | grep -c '^Number of entries: 0$') = 6 ]");
    assert.deepEqual(
      bricks(),
      [...repaired, ...second].map((host) => brick(host)),
    );
    sameCopies(spare, "gateway-1");
    assert.equal(sums(), written);
    assert.doesNotMatch(on("gluster pool list"), new RegExp(addressOf("gateway-2")));
  });

  it("is not made smaller while files are on what goes, and is declared so once they are moved as it is told", () => {
    const { code, said } = servers.step("check", declared(repaired));
    assert.equal(code, 1, said);
    const [, command = ""] = /"(gluster volume remove-brick files [^"]* )start" on this host/.exec(said) ?? [];
    assert.deepEqual(
      command.split(" ").slice(4, -1),
      second.map((host) => brick(host)),
      said,
    );
    on(`${command.replace("gluster ", "gluster --mode=script ")} start`);
    until(`${command} status | grep -q completed && ! ${command} status | grep -q progress`);
    on(`${command.replace("gluster ", "gluster --mode=script ")} commit`);
    servers.apply(declared(repaired));
    assert.deepEqual(
      bricks(),
      repaired.map((host) => brick(host)),
    );
    assert.equal(sums(), written);
    assert.doesNotMatch(on("gluster pool list"), new RegExp(addressOf("gateway-4")));
  });

  it("leaves its files on the bricks when it is removed, and nothing mounted or running", () => {
    const programs = `${servers.directory}/stand-ins`;
    on(`mkdir ${programs}`);
    copyFileSync(path.join(import.meta.dirname, "sandbox/gluster-systemctl.sh"), path.join(programs, "systemctl"));
    chmodSync(path.join(programs, "systemctl"), 0o755);
    const box = declared(repaired);
    const kept = copies("gateway-1");
    const remove = (host: string, assembly: typeof glusterAssembly): void =>
      assert.deepEqual(servers.step("deactivate", box, { host, assembly, programs: `${programs}:$PATH` }), { code: 0, said: "" }, host); // prettier-ignore
    remove("gateway-1", sharedMountsAssembly);
    for (const host of repaired) remove(host, glusterAssembly);
    for (const host of repaired) {
      servers.well(
        host,
        "tries=0; while pgrep -l gluster; do tries=$((tries + 1)); [ $tries -lt 50 ]; sleep 0.1; done",
      );
      assert.equal(servers.on(host, "grep fuse.glusterfs /proc/self/mounts; ls /usr/lib/*/glusterfs/peer_gatebox_bricks 2>/dev/null").said, ""); // prettier-ignore
      assert.match(servers.well(host, "cat /srv/gatebox/bricks/README"), /has deleted nothing[^]*^files: \/dev\/vdb, file system \S+, directory brick$/m); // prettier-ignore
    }
    assert.equal(copies("gateway-1"), kept);
    assert.equal(copies(spare), kept);
  });

  it("is there again with all of its files when it is declared again", () => {
    for (const host of repaired) servers.well(host, ": >/var/lib/glusterd/secure-access && rm /run/stopped");
    for (const host of repaired) servers.answers(host);
    servers.apply(declared(repaired));
    mount();
    assert.equal(sums(), written);
  });
});
