import assert from "node:assert/strict";
import { join } from "node:path";
import type { Box } from "../../box/index.ts";
import { containerRuntimeAssembly } from "../../render/containerRuntime/index.ts";
import { secretRegistryFiles } from "../../render/containerRuntime/registries.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { parseProtobox } from "../box/parsing.ts";
import { Sandbox } from "./sandbox/sandbox.ts";

const network = "box-network";
const place = "/run/registry";
const image = "registry.protobox/web:1";

/** Real containerd 1.6, runc, docker-registry with TLS and a password, and the lifecycle scripts; only systemd is a stand-in. */
describe("render: containerd at work", function () {
  this.timeout(180_000);
  let host: Sandbox;
  let ca = "";

  const sandboxScript = (name: string): string => join(import.meta.dirname, "sandbox", name);
  const setPassword = (password: string): void =>
    void host.run(`htpasswd -nbB -C 4 puller '${password}' >'${place}/htpasswd.new' && mv '${place}/htpasswd.new' '${place}/htpasswd'`); // prettier-ignore

  function box(changes: object = {}, registryChanges: object = {}): Box {
    const ownRegistry = { ca: "ca.pem", username: "puller", ...registryChanges };
    const section = {
      ...{ pools: ["nodes-pool"], network, snapshotter: "native", systemdCgroup: false, restrictOomScoreAdj: true },
      ...{ disableApparmor: true, limits: { freeDiskMb: 1 }, registries: { "registry.protobox": ownRegistry } },
      ...changes,
    };
    return parseProtobox({ containerRuntime: section }, { files: { "ca.pem": ca } });
  }

  function tree(password: string | undefined, described = box()): TreeFile[] {
    const files = containerRuntimeAssembly.files(described, described.hosts["node-1"]!, registry);
    const known = password === undefined ? [] : [{ registry: "registry.protobox", password }];
    return [...files, ...secretRegistryFiles(described.containerRuntime!, known)];
  }

  const apply = (files: readonly TreeFile[], steps?: readonly string[]) =>
    host.apply("container-runtime", files, steps);
  const daemon = (): string => host.run("cat /run/supervise/containerd.service.main").stdout;
  const pull = () => host.run(`ctr -n k8s.io images rm '${image}' >/dev/null 2>&1; ctr -n k8s.io images pull --snapshotter native --hosts-dir /etc/gatebox/container-runtime/certs.d '${image}'`); // prettier-ignore
  const fine = (outcome: { readonly code: number; readonly stderr: string }): void => assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }); // prettier-ignore

  before(async () => {
    host = await Sandbox.make([{ network, address: "192.168.1.51", neighbour: "192.168.1.7" }]);
    host.run("echo '192.168.1.7 registry.protobox' >>/etc/hosts");
    fine(host.run(`sh ${sandboxScript("registry-tls.sh")} ${place}`));
    setPassword("first");
    ca = host.run(`cat ${place}/ca.pem`).stdout;
    host.start(`docker-registry serve ${place}/config.yml >/run/registry.log 2>&1`, network);
    host.run("timeout 20 sh -c 'until curl -sk https://registry.protobox/v2/; do sleep 0.1; done'");
  });
  after(() => host.remove());

  it("is refused on a host whose containerd somebody else has set up, and changes nothing there", () => {
    host.run(
      "cp /etc/containerd/config.toml /run/packaged; echo '# by hand' >>/etc/containerd/config.toml; echo x >/etc/crictl.yaml",
    );
    const { code, stderr } = apply(tree(undefined), ["check"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /set up by somebody else \(\/etc\/containerd\/config\.toml, \/etc\/crictl\.yaml\): write containerRuntime\.adopt: true/,
    );
    assert.match(host.run("cat /etc/containerd/config.toml").stdout, /# by hand$/);
    fine(apply(tree(undefined, box({ adopt: true })), ["check"]));
    host.run("echo 1 >/run/docker.pid; rm /etc/crictl.yaml; cp -p /run/packaged /etc/containerd/config.toml");
    assert.match(apply(tree(undefined), ["check"]).stderr, /somebody else \(a running docker\.service\)/);
    host.run("rm /run/docker.pid");
  });

  it("starts on a host whose package nobody has touched, and has all that is declared", () => {
    fine(apply(tree(undefined)));
    assert.equal(host.run("readlink /etc/containerd/config.toml").stdout, "/run/gatebox/container-runtime/config.toml");
    assert.equal(host.run("stat -c '%a %U' /run/gatebox/container-runtime/config.toml").stdout, "600 root");
  });

  it("says at up that a password is wrong, in the registry's words, and shows it to nobody", () => {
    const { code, stdout, stderr } = apply(tree("wrong-one"));
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^https:\/\/registry\.protobox\/v2\/ refuses the user or the password \(status 401\): .*"code":"UNAUTHORIZED","message":"authentication required"/m,
    );
    assert.doesNotMatch(`${stdout}${stderr}`, /wrong-one/);
    assert.equal(pull().code, 1);
  });

  it("says that the authority is another one, that the registry is away, and that it wants no token", () => {
    const other = box({}, { ca: undefined });
    assert.match(apply(tree("first", other)).stderr, /cannot be asked whether the password is right: .*certificate/);
    const away = box({}, { server: "https://registry.protobox:444" });
    assert.match(apply(tree("first", away)).stderr, /cannot be asked .*(?:refused|connect).*checked: false/i);
    fine(apply(tree("first", box({}, { server: "https://registry.protobox:444", checked: false }))));
    assert.match(
      apply(tree("first", box({}, { authentication: "token" }))).stderr,
      /wants the password itself: write authentication: basic/,
    );
  });

  it("takes a change of its settings while a registry is logged in to by token", () => {
    const byToken = { authentication: "token", checked: false };
    const sandboxImage = (): string => host.run("containerd config dump | sed -n 's/^ *sandbox_image = //p'").stdout;
    fine(apply(tree("tok-1", box({}, byToken))));
    const before = daemon();
    assert.match(host.run("containerd config dump").stdout, /configs\."registry\.protobox"\.auth\]/);
    // The pool's unit comes alone: the registries' stays as it is.
    fine(apply(tree("tok-1", box({ sandboxImage: "registry.protobox/pause:4" }, byToken))));
    assert.equal(sandboxImage(), '"registry.protobox/pause:4"');
    assert.notEqual(daemon(), before);
    assert.match(host.run("containerd config dump").stdout, /password = "tok-1"/);
    fine(apply(tree(undefined, box({}, byToken))));
    assert.doesNotMatch(host.run("containerd config dump").stdout, /tok-1/);
  });

  it("pulls with the password, takes another one, and restarts nothing for it", () => {
    fine(apply(tree("first")));
    fine(host.run(`sh ${sandboxScript("push-image.sh")} https://registry.protobox puller:first ${place}/ca.pem web`));
    const pulled = pull();
    assert.equal(pulled.code, 0, pulled.stderr);
    const before = daemon();
    setPassword("battery-2");
    assert.equal(pull().code, 1, "the old password still works");
    fine(apply(tree("battery-2")));
    assert.equal(pull().code, 0);
    assert.equal(daemon(), before);
    assert.equal(host.run("find -L /etc/gatebox/container-runtime/ -type f -perm /044 -exec grep -lE 'battery-2|cHVsbGVyOmJhdHRlcnkt' {} +").stdout, ""); // prettier-ignore
  });

  it("takes a change of its settings where the registry has another password already, which comes in the next unit", () => {
    setPassword("cell-3");
    const pause = box({ sandboxImage: "registry.protobox/pause:5" });
    fine(apply(tree("battery-2", pause)));
    assert.match(apply(tree("wrong-two", pause)).stderr, /refuses the user or the password \(status 401\)/);
    fine(apply(tree("cell-3", pause)));
    setPassword("battery-2");
    fine(apply(tree("battery-2")));
  });

  it("asks a mirror first, and takes its authority", () => {
    const mirrors = [{ url: "https://registry.protobox", ca: "ca.pem" }];
    const both = { "registry.protobox": { ca: "ca.pem", username: "puller" }, "docker.io": { mirrors } };
    fine(apply(tree("battery-2", box({ registries: both }))));
    const asked = (name: string) => host.run(`ctr images pull --hosts-dir /etc/gatebox/container-runtime/certs.d ${name}`).stderr; // prettier-ignore
    // The mirror wants a password, which it has none of; Docker's own cannot be reached from here.
    assert.match(
      asked("docker.io/library/web:1"),
      /host=registry\.protobox|registry\.protobox.*(?:401|[Uu]nauthorized|authorization)/,
    );
    assert.doesNotMatch(asked("docker.io/library/web:1"), /failed to decode|unknown authority/);
    fine(apply(tree("battery-2")));
  });

  it("does nothing for what is already so, and a container lives through a change that restarts containerd", () => {
    const started = host.run(`ctr -n k8s.io run -d --snapshotter native '${image}' one 2>&1`);
    assert.equal(started.code, 0, started.stdout);
    const task = () => host.run("ctr -n k8s.io tasks ls | awk '$1 == \"one\" { print $2, $3 }'").stdout;
    const before = { daemon: daemon(), task: task() };
    assert.match(before.task, /^\d+ RUNNING$/);
    fine(apply(tree("battery-2")));
    assert.equal(daemon(), before.daemon);
    fine(apply(tree("battery-2", box({ limits: { freeDiskMb: 1, downloads: 5, openFiles: 4096 } }))));
    assert.notEqual(daemon(), before.daemon);
    assert.equal(task(), before.task);
  });

  it("refuses a key that containerd would pass over, before anything is changed", () => {
    const before = daemon();
    const { code, stderr } = apply(tree("battery-2", box({ settings: { enable_unprivilegd_ports: true } })));
    assert.equal(code, 1);
    assert.match(stderr, /passes over what is declared[^]*\nio\.containerd\.grpc\.v1\.cri\/enable_unprivilegd_ports$/);
    assert.equal(daemon(), before);
    // One that slipped through is found by the probe, too.
    assert.match(
      apply(tree("battery-2", box({ settings: { enable_unprivilegd_ports: true } })), ["activate", "probe"]).stderr,
      /passes over/,
    );
    fine(apply(tree("battery-2", box({ settings: { enable_unprivileged_ports: true } }))));
  });

  it("is told by its probe where containerd runs with something else than it has read, on a host with crictl", () => {
    const says = (info: string): { readonly code: number; readonly stderr: string } => {
      host.run("mountpoint -q /usr/local/sbin || mount -t tmpfs tmpfs /usr/local/sbin");
      host.run(`cat >/run/info <<'END'\n${info}\nEND`);
      host.run("printf '#!/bin/sh\\ncat /run/info\\n' >/usr/local/sbin/crictl; chmod +x /usr/local/sbin/crictl");
      return apply(tree("battery-2"), ["activate", "probe"]);
    };
    const config = (driver: string, snapshotter: string, image: string) => `{"config":{"snapshotter":"${snapshotter}","SystemdCgroup": ${driver},"sandboxImage":"${image}"}}`; // prettier-ignore
    const pause = "registry.k8s.io/pause:3.9";
    fine(says(config("false", "native", pause)));
    assert.match(says(config("true", "native", pause)).stderr, /runs with the cgroup driver systemd, not cgroupfs/);
    assert.match(says(config("false", "overlayfs", pause)).stderr, /runs without the snapshotter native/);
    assert.match(says(config("false", "native", "other/pause:1")).stderr, /runs without the sandbox image/);
    host.run("umount /usr/local/sbin");
  });

  it("refuses a cgroup driver that is not the kubelet's, another major version, an old one, and a full disk", () => {
    const says = (described: Box, pattern: RegExp): void =>
      assert.match(apply(tree("battery-2", described), ["check"]).stderr, pattern);
    host.run("mkdir -p /var/lib/kubelet && echo 'cgroupDriver: systemd' >/var/lib/kubelet/config.yaml");
    says(
      box(),
      /the kubelet's cgroup driver is systemd \(\/var\/lib\/kubelet\/config\.yaml\), and containerd would use cgroupfs: .*systemdCgroup: true/,
    );
    fine(apply(tree("battery-2", box({ systemdCgroup: true })), ["check"]));
    // Without a word of its own, a kubelet takes cgroupfs.
    host.run("echo 'maxPods: 60' >/var/lib/kubelet/config.yaml");
    says(box({ systemdCgroup: true }), /cgroup driver is cgroupfs/);
    fine(apply(tree("battery-2"), ["check"]));
    says(box({ major: 2 }), /this host has containerd 1\.6\.\d+, and containerRuntime\.major is 2/);
    says(
      box({ limits: { freeDiskMb: 900_000_000 } }),
      /MB free, and containerRuntime\.limits\.freeDiskMb wants 900000000/,
    );
    host.run(
      "printf '#!/bin/sh\\necho containerd containerd.io 1.5.9 abc\\n' >/run/old && chmod +x /run/old && mount --bind /run/old /usr/bin/containerd",
    );
    says(box(), /containerd 1\.5\.9, which is too old: 1\.6/);
    host.run("umount /usr/bin/containerd");
  });

  it("gives the host back when it is removed: the packages' file, and no service that runs", () => {
    fine(apply(tree("battery-2"), ["activate", "deactivate"]));
    assert.equal(
      host
        .run("cmp /etc/containerd/config.toml /run/packaged && ls /etc/crictl.yaml /etc/nerdctl 2>&1")
        .stdout.match(/No such file/g)?.length,
      2,
    );
    assert.equal(host.run("systemctl is-active containerd.service").code, 1);
    // Whoever ran on it runs on.
    assert.notEqual(host.run("pgrep -fx '/bin/sleep 1000'").stdout, "");
  });

  it("has a containerd that ran before with nobody's configuration run on, after a first up that failed and when it is removed", () => {
    const runs = (): void => {
      assert.equal(host.run("systemctl is-active containerd.service").code, 0);
      assert.equal(host.run("ls -A /etc/containerd | grep gatebox; readlink /etc/containerd/config.toml").stdout, "");
    };
    host.run(
      "rm /etc/gatebox/container-runtime; mv /etc/containerd/config.toml /run/packaged.kept; systemctl start containerd.service",
    );
    const misspelt = box({ settings: { enable_unprivilegd_ports: true } });
    assert.equal(apply(tree("battery-2", misspelt), ["activate", "probe"]).code, 1);
    fine(
      host.run("cd /etc/gatebox/container-runtime && TREE=$PWD CURRENT=$PWD PREVIOUS='' sh -eu lifecycle/deactivate"),
    );
    runs();
    host.run("rm -f /etc/gatebox/container-runtime");
    fine(apply(tree("battery-2")));
    // A second apply, which finds containerd running by itself, is no first one.
    fine(apply(tree("battery-2")));
    fine(apply(tree("battery-2"), ["activate", "deactivate"]));
    runs();
    host.run(
      "systemctl stop containerd.service; mkdir -p /etc/containerd; mv /run/packaged.kept /etc/containerd/config.toml",
    );
  });

  it("gives a containerd that it has taken over back with its own file, and has it run", () => {
    const theirs =
      '# Kubespray\\nversion = 2\\n[plugins."io.containerd.grpc.v1.cri"]\\n  sandbox_image = "theirs/pause:1"\\n';
    host.run(`printf '${theirs}' >/etc/containerd/config.toml; cp /etc/containerd/config.toml /run/theirs`);
    fine(apply(tree("battery-2", box({ adopt: true }))));
    assert.match(host.run("containerd config dump | grep sandbox_image").stdout, /registry\.k8s\.io/);
    const before = daemon();
    fine(apply(tree("battery-2", box({ adopt: true })), ["deactivate"]));
    assert.equal(host.run("cmp /etc/containerd/config.toml /run/theirs; ls /etc/containerd /etc/systemd/system/containerd.service.d 2>/dev/null | grep gatebox").stdout, ""); // prettier-ignore
    assert.equal(host.run("systemctl is-active containerd.service").code, 0);
    assert.notEqual(daemon(), before);
    assert.match(host.run("ctr -n k8s.io tasks ls").stdout, /RUNNING/);
  });
});
