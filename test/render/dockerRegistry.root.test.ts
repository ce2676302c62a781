import assert from "node:assert/strict";
import { join } from "node:path";
import { dockerRegistryAssembly, registryUserFiles } from "../../render/dockerRegistry/index.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { registryBox } from "./sampleRegistry.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { scriptPath } from "./sandbox/scriptFile.ts";

const network = "gateway-network";
const url = "http://192.168.2.14:5000";
const storage = "/var/lib/images/box";

/** Debian's real docker-registry and the lifecycle scripts; only systemd is a stand-in. */
describe("render: the registry at work", function () {
  this.timeout(120_000);
  let host: Sandbox;

  function tree(password?: string, changes: object = {}): TreeFile[] {
    const box = registryBox({ storage: { directory: storage }, ...changes });
    const files = dockerRegistryAssembly.files(box, box.hosts["gateway-4"]!, registry);
    return [...files, ...(password === undefined ? [] : registryUserFiles(box.registry!, password, "abc"))];
  }

  const apply = (files: readonly TreeFile[], steps?: readonly string[]) => host.apply("registry", files, steps);
  const fine = (outcome: { readonly code: number; readonly stderr: string }): void => assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }); // prettier-ignore
  const status = (login = "", path = "/v2/"): string => host.run(`curl -s -m 5 -o /dev/null -H 'Accept: application/vnd.oci.image.manifest.v1+json' -w '%{http_code}' ${login === "" ? "" : `-u '${login}'`} ${url}${path}`, network).stdout; // prettier-ignore
  const daemon = (): string => host.run("cat /run/supervise/docker-registry.service.main").stdout;
  const push = (login: string, name: string) => host.run(`sh ${join(import.meta.dirname, "sandbox/push-image.sh")} ${url} '${login}' /etc/ssl/certs/ca-certificates.crt ${name}`, network); // prettier-ignore
  const blobs = (): number => Number(host.run(`find ${storage}/docker/registry/v2/blobs -name data | wc -l`).stdout);

  before(async () => {
    host = await Sandbox.make([{ network, address: "192.168.2.14", neighbour: "192.168.2.1" }]);
  });
  after(() => host.remove());

  it("lets nobody in before it has a user, and then that one alone", () => {
    fine(apply(tree()));
    assert.equal(status(), "401");
    assert.equal(status("box:"), "401");
    const password = `it's a "strange" $one\\`;
    fine(apply(tree(password)));
    assert.equal(host.run(`curl -s -m 5 -o /dev/null -w '%{http_code}' -K - ${url}/v2/ <<'END'\nuser = "box:${password.replace(/["\\]/g, "\\$&")}"\nEND`, network).stdout, "200"); // prettier-ignore
    assert.equal(status("box:other"), "401");
  });

  it("takes another password without a restart, and keeps it from everybody else on the host", () => {
    fine(apply(tree("first")));
    const before = { daemon: daemon(), file: host.run("cat /run/docker-registry/htpasswd").stdout };
    assert.match(before.file, /^box:\$2y\$10\$/);
    fine(apply(tree("first")));
    assert.equal(host.run("cat /run/docker-registry/htpasswd").stdout, before.file);
    fine(apply(tree("second")));
    assert.deepEqual([status("box:first"), status("box:second")], ["401", "200"]);
    assert.equal(daemon(), before.daemon);
    assert.equal(host.run("stat -c '%a %U:%G' /run/docker-registry/htpasswd").stdout, "640 root:docker-registry");
    assert.equal(host.run("stat -L -c %a /etc/gatebox/registry/auth/users").stdout, "600");
  });

  it("is told to be open to strangers, or sick, by its probe", () => {
    const open = tree("second").map((file) => ({ ...file, text: file.text.replace(/^auth:\n(?: .*\n)+/m, "") }));
    assert.match(
      apply(open).stderr,
      /answers 200 on http:\/\/192\.168\.2\.14:5000\/v2\/ to somebody without a password, not 401/,
    );
    fine(apply(tree("second")));
  });

  it("removes what no image uses, takes no pushes meanwhile, and is as before in the end", () => {
    fine(push("box:second", "web"));
    const full = blobs();
    assert.ok(full >= 3);
    const digest = host.run(`curl -s -u box:second -I -H 'Accept: application/vnd.oci.image.manifest.v1+json' ${url}/v2/web/manifests/1 | tr -d '\\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p'`, network).stdout; // prettier-ignore
    assert.match(digest, /^sha256:/);
    assert.equal(host.run(`curl -s -o /dev/null -w '%{http_code}' -u box:second -X DELETE ${url}/v2/web/manifests/${digest}`, network).stdout, "202"); // prettier-ignore
    fine(push("box:second", "kept"));
    const collected = host.run("sh /etc/gatebox/registry/scripts/collect.sh");
    assert.equal(collected.code, 0, collected.stderr);
    // It has been restarted, and systemd's stand-in does not wait until it listens.
    host.run(`timeout 20 sh -c 'until curl -s -o /dev/null ${url}/v2/; do sleep 0.1; done'`, network);
    assert.equal(status("box:second", "/v2/kept/manifests/1"), "200");
    fine(push("box:second", "again"));
    assert.equal(host.run(`ls -a ${storage}`).stdout.includes("gatebox-gc"), false);
    // With its only image gone, all goes.
    for (const name of ["kept", "again"]) host.run(`rm -rf ${storage}/docker/registry/v2/repositories/${name}`);
    host.run("sh /etc/gatebox/registry/scripts/collect.sh");
    assert.equal(blobs(), 0);
  });

  it("stands still for pushes alone, and waits for all hosts before it removes anything", () => {
    fine(push("box:second", "web"));
    const two = tree("second").map((file) => file.path === "lifecycle/settings" ? { ...file, text: file.text.replace("hosts='1'", "hosts='2'") } : file); // prettier-ignore
    fine(apply(two));
    // Faster than five minutes: what counts is who is there. Shorter waits are those for a program to start.
    host.run(`mkdir -p /run/fast && cp ${scriptPath("fast-sleep.sh")} /run/fast/sleep && chmod +x /run/fast/sleep`);
    const alone = host.run("PATH=/run/fast:$PATH sh /etc/gatebox/registry/scripts/collect.sh");
    assert.equal(alone.code, 1);
    assert.match(alone.stderr, /not all 2 hosts of the registry stand still, so nothing is removed: gateway-4/);
    assert.ok(blobs() > 0);
    // One that does not remove waits for who does, but not for one that is down: an hour ago it was there.
    const other = two.map((file) => file.path === "lifecycle/settings" ? { ...file, text: file.text.replace("collector='yes'", "collector=''") } : file); // prettier-ignore
    fine(apply(other));
    for (const before of [
      "true",
      `mkdir -p ${storage}/.gatebox-gc/.collector && touch -d '1 hour ago' ${storage}/.gatebox-gc/.collector`,
    ]) {
      host.run(`timeout 20 sh -c 'until curl -s -o /dev/null ${url}/v2/; do sleep 0.1; done'`, network);
      const left = host.run(`${before}; PATH=/run/fast:$PATH timeout 60 sh /etc/gatebox/registry/scripts/collect.sh`);
      assert.deepEqual([left.code, left.stderr], [1, "the host of the registry that removes what is unused does not come, so nothing is removed"]); // prettier-ignore
      assert.equal(host.run("ls /run/gatebox-registry-gc.environment").code, 2, "pushes are taken again");
    }
    host.run(`rm -rf ${storage}/.gatebox-gc`);
    host.run("echo REGISTRY_CONFIGURATION_PATH=/etc/gatebox/registry/registry/read-only.yml >/run/gatebox-registry-gc.environment; systemctl restart docker-registry.service; sleep 0.5"); // prettier-ignore
    assert.equal(status("box:second", "/v2/web/manifests/1"), "200");
    assert.notEqual(push("box:second", "web").code, 0);
    host.run("rm /run/gatebox-registry-gc.environment; systemctl restart docker-registry.service");
    fine(apply(tree("second")));
  });

  it("is refused where its port is taken, its volume is not mounted, or its directory is somebody else's", () => {
    const says = (changes: object, pattern: RegExp): void =>
      assert.match(apply(tree("second", changes), ["check"]).stderr, pattern);
    host.squat(5055);
    says({ port: 5055 }, /192\.168\.2\.14:5055, where the registry is to listen, is already taken/);
    says({ port: 5054 }, /127\.0\.0\.1:5055, where the registry is to listen, is already taken/);
    says(
      { storage: { directory: "/opt/images", shared: true } },
      /on this host's own root file system: mount the volume first/,
    );
    host.run("mkdir -p /srv/volume && mount -t tmpfs tmpfs /srv/volume");
    fine(apply(tree("second", { storage: { directory: "/srv/volume/images", shared: true } }), ["check"]));
    host.run("umount /srv/volume");
    host.run("mkdir -p /var/theirs/data && touch /var/theirs/data/x && chmod 0700 /var/theirs/data");
    says(
      { storage: { directory: "/var/theirs/data" } },
      /is not empty, and docker-registry may not write there: chown/,
    );
    says({ garbageCollection: { schedule: "Sonntag 03:00" } }, /is no time that systemd knows/);
  });

  it("is not started while its shared volume is away or has no such directory, and is once it is there", () => {
    const shared = tree("second", { storage: { directory: "/srv/volume/images", shared: true } });
    const mounted = () => host.run("sh /etc/gatebox/registry/scripts/mounted.sh");
    apply(shared, []);
    host.run("mkdir -p /srv/volume/images");
    assert.equal(mounted().code, 1, "it is a directory of the host's own");
    host.run("mount -t tmpfs tmpfs /srv/volume");
    assert.equal(mounted().code, 1, "the volume has no such directory");
    assert.match(mounted().stderr, /^\/srv\/volume\/images is on no volume that is mounted$/);
    host.run("mkdir /srv/volume/images");
    fine(mounted());
    host.run("umount /srv/volume");
    fine(apply(tree("second")));
  });

  it("fails where the garbage collection does, with its last words, and takes pushes again", () => {
    host.run(
      "mkdir -p /run/broken && printf '#!/bin/sh\\nfor n in 1 2 3 4 5 6; do echo \"failed to mark $n\"; done\\nexit 1\\n' >/run/broken/runuser && chmod +x /run/broken/runuser",
    );
    const { code, stdout, stderr } = host.run(
      "PATH=/run/broken:$PATH TMPDIR=/run/broken sh /etc/gatebox/registry/scripts/collect.sh",
    );
    assert.deepEqual([code, stdout, stderr.split("\n")], [1, "", [2, 3, 4, 5, 6].map((n) => `failed to mark ${n}`)]);
    assert.equal(
      host.run("ls /run/broken /run/gatebox-registry-gc.environment 2>/dev/null").stdout,
      "/run/broken:\nrunuser",
    );
    host.run(`timeout 20 sh -c 'until curl -s -o /dev/null ${url}/v2/; do sleep 0.1; done'`, network);
    fine(push("box:second", "after"));
  });

  it("stops when it is removed, and keeps the images", () => {
    const removed = apply(tree("second"), ["activate", "deactivate"]);
    fine(removed);
    assert.equal(removed.stdout, `the registry's images stay in ${storage}`);
    assert.equal(status(), "000");
    assert.ok(blobs() > 0);
    assert.equal(host.run("ls -d /run/docker-registry").code, 2);
  });
});
