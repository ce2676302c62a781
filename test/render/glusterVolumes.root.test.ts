import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Box } from "../../box/index.ts";
import { authorityOf } from "../../host/certificates.ts";
import { managementVolume } from "../../render/gluster/glusterd.ts";
import { trustedPools } from "../../render/gluster/trustedPools.ts";
import { glusterVolumesAssembly, options } from "../../render/glusterVolumes/index.ts";
import { registry } from "../../render/registry.ts";
import { script } from "../../render/script.ts";
import { parseProtobox } from "../box/parsing.ts";

const hosts = ["gateway-1", "gateway-2", "gateway-3", "gateway-4"] as const;
const addresses = { "gateway-1": 11, "gateway-2": 12, "gateway-3": 13, "gateway-4": 14 } as const;

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
  let directory: string;
  const servers = new Map<string, { readonly process: ChildProcess; readonly pid: number }>();
  const outside = "gbgluster";

  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "gatebox-gluster-"));
    const { certificate, certify } = authorityOf("s".repeat(64), "protobox");
    shell(`ip link add ${outside} type bridge forward_delay 0 && ip link set ${outside} up`);
    for (const host of hosts) {
      const own = path.join(directory, host);
      mkdirSync(own);
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      writeFileSync(path.join(own, "glusterfs.key"), privateKey.export({ format: "pem", type: "pkcs8" }));
      writeFileSync(path.join(own, "glusterfs.pem"), certify(host, publicKey.export({ format: "pem", type: "spki" }).toString())); // prettier-ignore
      writeFileSync(path.join(own, "glusterfs.ca"), certificate);
      writeFileSync(path.join(own, "glusterd.vol"), managementVolume);
      const flags = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
      const script = path.join(import.meta.dirname, "sandbox/gluster-server.sh");
      const child = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...flags, "sh", script, own], { stdio: ["ignore", "pipe", "ignore"] }); // prettier-ignore
      await once(child.stdout, "data");
      const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
      servers.set(host, { process: child, pid });
      const end = `gbg${addresses[host]}`;
      shell(`ip link add ${end} type veth peer name lan netns ${pid} && ip link set ${end} master ${outside} up
        nsenter -t ${pid} -n sh -euc 'ip address add 192.168.2.${addresses[host]}/24 dev lan && ip link set lan up'`);
    }
  });
  after(() => {
    for (const { process } of servers.values()) process.kill("SIGKILL");
    spawnSync("ip", ["link", "delete", outside]);
    for (const host of hosts) spawnSync("ip", ["link", "delete", `gbg${addresses[host]}`]);
    rmSync(directory, { recursive: true, force: true });
  });

  function shell(script: string): string {
    const { status, stdout, stderr } = spawnSync("sh", ["-euc", script], { encoding: "utf8", timeout: 60_000 });
    assert.equal(status, 0, `${script}: ${stderr}`);
    return stdout;
  }

  function on(host: string, script: string): { readonly code: number; readonly said: string } {
    const enter = ["-t", String(servers.get(host)?.pid), "-m", "-n", "-p", "sh", "-uc", script];
    const { status, stdout, stderr } = spawnSync("nsenter", enter, { encoding: "utf8", timeout: 60_000 });
    return { code: status ?? -1, said: `${stdout}${stderr}`.trim() };
  }

  /** Runs a step of a server's tree, as the runtime does. */
  function step(
    name: string,
    box: Box,
    host = "gateway-1",
    programs = "$PATH",
  ): { readonly code: number; readonly said: string } {
    const tree = mkdtempSync(path.join(directory, "tree-"));
    for (const { path: file, text } of glusterVolumesAssembly.files(box, box.hosts[host]!, registry)) {
      mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      writeFileSync(path.join(tree, file), text);
    }
    return on(host, `TREE=${tree} CURRENT=${tree} PREVIOUS='' PATH="${programs}" sh -eu ${tree}/lifecycle/${name}`);
  }

  function apply(box: Box): void {
    for (const name of ["check", "activate", "probe"]) assert.deepEqual(step(name, box), { code: 0, said: "" }, name);
  }

  /** What `gluster volume info --xml` says of the volume. */
  function info() {
    const xml = on("gateway-1", "gluster volume info files --xml").said;
    const bricks = [...xml.matchAll(/<name>(192[^<]*)<\/name>.*?<isArbiter>(\d)<\/isArbiter>/gs)];
    const set = [...xml.matchAll(/<name>([a-z0-9.-]+)<\/name>\s*<value>([^<]*)<\/value>/g)];
    return {
      status: /<statusStr>(\w+)</.exec(xml)?.[1],
      bricks: bricks.map(([, brick, arbiter]) => `${brick}${arbiter === "1" ? " arbiter" : ""}`),
      options: Object.fromEntries(set.map(([, key, value]) => [key, value])) as Readonly<Record<string, string>>,
    };
  }

  const brick = (host: number, more = ""): string => `192.168.2.${host}:/srv/gatebox/bricks/files/brick${more}`;
  const makeDirectories = (): void => {
    for (const host of hosts) assert.equal(on(host, "mkdir -p /srv/gatebox/bricks/files/brick && until [ -S /run/glusterd.socket ]; do sleep 0.1; done").code, 0); // prettier-ignore
  };
  const first = declared(["gateway-1", "gateway-2", "gateway-3"]);

  it("are made as they are declared, over TLS, and made once", () => {
    makeDirectories();
    apply(first);
    const [pool] = trustedPools(first);
    const made = info();
    assert.equal(made.status, "Started");
    assert.deepEqual(made.bricks, [brick(11), brick(12), brick(13, " arbiter")]);
    for (const [key, value] of Object.entries(options(pool!, pool!.volumes[0]!))) assert.equal(made.options[key], value, key); // prettier-ignore
    const before = on("gateway-1", "pgrep glusterfsd").said;
    apply(first);
    assert.deepEqual(info(), made);
    assert.equal(on("gateway-1", "pgrep glusterfsd").said, before, "no brick is started again");
  });

  it("are told again what a server died at", () => {
    assert.equal(on("gateway-1", "gluster --mode=script volume stop files").code, 0);
    const programs = mkdtempSync(path.join(directory, "dying-"));
    copyFileSync(path.join(import.meta.dirname, "sandbox/dying-gluster.sh"), path.join(programs, "gluster"));
    chmodSync(path.join(programs, "gluster"), 0o755);
    const patient = withPingTimeout(15, ["gateway-1", "gateway-2", "gateway-3"]);
    assert.deepEqual(step("activate", patient, "gateway-1", `${programs}:$PATH`), { code: 0, said: "" });
    assert.deepEqual([info().status, info().options["network.ping-timeout"]], ["Started", "15"]);
    assert.deepEqual(readdirSync(programs).sort(), ["gluster", "gluster.set", "gluster.start"]);
    apply(first);
  });

  it("refuse to have their bricks in another order, and two of a set replaced at once", () => {
    const refused = (box: Box, why: RegExp): void => {
      const { code, said } = step("check", box);
      assert.equal(code, 1, said);
      assert.match(said, why);
    };
    refused(declared(["gateway-1", "gateway-3", "gateway-2"]), /has its bricks in another order .*keep the order of replicaSets/); // prettier-ignore
    refused(declared(["gateway-1", "gateway-4", "gateway-5"]), /two bricks of one set of the volume files are declared anew/); // prettier-ignore
  });

  it("are left to the members of the pool by a server that is in none", () => {
    const onNew = declared(["gateway-4", "gateway-2", "gateway-3"]);
    for (const name of ["check", "activate", "probe"]) assert.deepEqual(step(name, onNew, "gateway-4"), { code: 0, said: "" }, name); // prettier-ignore
    assert.equal(on("gateway-4", "gluster pool list | grep -c .").said, "2", "a heading and itself");
    const { code, said } = step("check", declared(["gateway-1", "gateway-3", "gateway-2"]), "gateway-2");
    assert.equal(code, 1, said);
    assert.match(said, /another order/, "any member guards it");
  });

  it("have a brick replaced on another host, and the lost one leave the pool", () => {
    const replaced = declared(["gateway-1", "gateway-2", "gateway-4"]);
    writeFileSync(path.join(directory, "peers"), "192.168.2.13\n");
    on("gateway-1", `cp ${directory}/peers /var/lib/glusterd/gatebox-peers`);
    apply(replaced);
    assert.deepEqual(info().bricks, [brick(11), brick(12), brick(14, " arbiter")]);
    assert.doesNotMatch(on("gateway-1", "gluster pool list").said, /192\.168\.2\.13/);
    const mark = info().options["user.gatebox-healing-1"] ?? "";
    assert.match(mark, /^192\.168\.2\.14:\/srv\/gatebox\/bricks\/files\/brick@\d+$/);
    const timer = path.join(directory, "healed.sh");
    writeFileSync(timer, script(path.join(import.meta.dirname, "../../render/gluster"), "healed.sh"));
    on("gateway-2", `tries=0; until grep -q '^user.gatebox-healed-1=' /var/lib/glusterd/vols/files/info || [ "$tries" = 40 ]; do sh ${timer}; tries=$((tries + 1)); sleep 0.5; done`); // prettier-ignore
    assert.equal(info().options["user.gatebox-healed-1"], mark, "seen whole, and known to all");
  });

  it("refuse a replacement while another brick of the set is offline", () => {
    on("gateway-2", "pkill -KILL glusterfsd");
    const { code, said } = step("check", declared(["gateway-1", "gateway-2", "gateway-3"]));
    assert.equal(code, 1, said);
    assert.match(said, /is declared anew while 192\.168\.2\.12:.*is not online: bring that back first/);
  });
});
