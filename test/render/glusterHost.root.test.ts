import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { glusterAssembly } from "../../render/gluster/index.ts";
import { registry } from "../../render/registry.ts";
import { parseProtobox } from "../box/parsing.ts";
import { gatewayShared } from "../box/sharedVolumes.ts";
import { Sandbox } from "./sandbox/sandbox.ts";

const state = "/var/lib/glusterd";
const tree = "/var/lib/gatebox/gluster/generations/1";

/** What a host is asked before it becomes a server of GlusterFS, and what is ended when it is none any more. */
describe("render: a server of GlusterFS", function () {
  this.timeout(60_000);
  let host: Sandbox;
  before(async () => {
    host = await Sandbox.make([{ network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.250" }]);
    const box = parseProtobox({ sharedVolumes: { "gateway-shared": gatewayShared } });
    const files = glusterAssembly
      .files(box, box.hosts["gateway-1"]!, registry)
      .filter(({ path }) => path !== "lifecycle/links")
      // Nobody else is there who could tell the time.
      .map((file) => ({ ...file, text: file.text.replace(/^peers='.*'$/m, "peers='192.168.2.11'") }))
      // A lab on this machine may have bricks of this very box.
      .map((file) => ({
        ...file,
        text: file.text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, () => randomUUID()),
      }));
    assert.equal(host.apply("gluster", files, []).code, 0);
    host.run("mkdir -p /srv/gatebox && mount -t tmpfs tmpfs /srv/gatebox");
    const keys =
      "mkdir -p /var/lib/gatebox/keys && cd /var/lib/gatebox/keys && openssl genpkey -algorithm ed25519 -out gluster.pem";
    const certificate = `mkdir -p ${tree}/tls && openssl req -x509 -key gluster.pem -subj /CN=gateway-1 -days 2 -out ${tree}/tls/certificate.pem`;
    assert.equal(host.run(`${keys} && ${certificate}`).code, 0);
  });
  after(async () => {
    await host.remove();
    spawnSync("rmdir", ["/srv/gatebox"]);
  });

  const check = () => host.run(`cd ${tree} && TREE=${tree} CURRENT=/etc/gatebox/gluster PREVIOUS='' timeout 30 sh -eu lifecycle/check`); // prettier-ignore

  it("is not made of one that serves volumes of another GlusterFS, and is made again of one that was Gatebox's", () => {
    host.run(`rm -rf ${state}/gatebox-peers ${state}/vols && mkdir -p ${state}/vols/theirs`);
    assert.match(
      check().stderr,
      /^this host has a volume of another GlusterFS already, theirs: stop and delete it there first/,
    );
    host.run(`echo 192.168.2.12 >${state}/gatebox-peers`);
    assert.match(check().stderr, /^nothing was touched: \/dev\/vdb is missing/, "the next thing that is looked at");
    host.run(`rm -rf ${state}/gatebox-peers ${state}/vols`);
    assert.match(check().stderr, /^nothing was touched: \/dev\/vdb is missing/);
  });

  it("is refused where one device is named twice, whatever it is called", () => {
    const line = (volume: string, device: string): string => `${volume} /srv/gatebox/bricks/${volume} 0ecd6458-6dcb-8a2d-abc7-54a2a564b6c${volume.length} ${device} 0`; // prettier-ignore
    host.run(`ln -sf one /run/two && cp ${tree}/bricks.list /run/kept && printf '%s\\n' '${line("a", "/run/one")}' '${line("bb", "/run/two")}' >${tree}/bricks.list`); // prettier-ignore
    assert.match(
      check().stderr,
      /; \/run\/two is \/run\/one, the device of another brick too: each brick has one of its own/,
    );
    host.run(`cp /run/kept ${tree}/bricks.list`);
  });

  it("ends its own bricks and what heals and moves their files when it is none any more, and nothing of others", () => {
    const processes = {
      own: "/usr/sbin/glusterfsd -s one --brick-name /srv/gatebox/bricks/files/brick",
      theirs: "/usr/sbin/glusterfsd -s one --brick-name /data/brick",
      heal: "/usr/sbin/glusterfs -s localhost --process-name glustershd --client-pid=-6",
      move: "/usr/sbin/glusterfs -s localhost --process-name rebalance",
      mount: "/usr/sbin/glusterfs --process-name fuse --volfile-server=one /storage/shared",
    };
    for (const [name, line] of Object.entries(processes)) {
      const [program, ...words] = line.split(" ");
      // The words stand behind a script of the shell's, which takes no notice of them.
      host.run(`bash -c 'exec -a ${program} sh -c "while :; do sleep 1; done" ${words.join(" ")}' >/dev/null 2>&1 </dev/null & echo $! >/run/process-${name}`); // prettier-ignore
    }
    // Not kill -0: nobody here collects a process that has ended.
    const alive = (): string[] => Object.keys(processes).filter((name) => host.run(`readlink "/proc/$(cat /run/process-${name})/exe"`).code === 0); // prettier-ignore
    assert.deepEqual(alive(), Object.keys(processes));
    host.run(
      `cd ${tree} && TREE=${tree} CURRENT=/etc/gatebox/gluster PREVIOUS='' timeout 50 sh -eu lifecycle/deactivate`,
    );
    assert.deepEqual(alive(), ["theirs", "mount"]);
    assert.match(host.run("cat /srv/gatebox/bricks/README").stdout, /gateway-shared: \/dev\/vdb/);
  });
});
