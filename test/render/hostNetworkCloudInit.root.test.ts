import assert from "node:assert/strict";
import { cloudInitCode } from "./sandbox/cloudInit.ts";
import { macAddresses, NetworkedHost, tree, wanted } from "./sandbox/networkedHost.ts";
import { scriptFile } from "./sandbox/scriptFile.ts";

const own = "/etc/cloud/cloud.cfg.d/zz-gatebox-network.cfg";
const netplanFile = "/etc/netplan/50-cloud-init.yaml";

/** cloud-init itself, whose early stage of a boot is run as systemd would; no udev and no boot loader are there. */
describe("render: a host's network that cloud-init wrote", function () {
  // Each boot of cloud-init takes a second or two, and the first test fetches it.
  this.timeout(300_000);
  let host: NetworkedHost;
  let code: string;
  before(() => {
    code = cloudInitCode();
  });
  beforeEach(async () => {
    host = await NetworkedHost.make();
  });
  afterEach(() => host.remove());

  const installs = (renderer: string): void => {
    const variables = `CODE='${code}' MAC=${macAddresses["gateway-network"]} RENDERER=${renderer}`;
    assert.equal(host.run(`${variables}\n${scriptFile("cloud-init.sh")}`).stderr, "");
    boots();
  };
  const boots = (): void => {
    const { code: status, stderr } = host.run("sh /run/cloud-boot.sh");
    assert.equal(status, 0, stderr);
  };
  const files = (): string => host.run("ls /etc/netplan").stdout;

  it("is renamed back and written anew at each boot while cloud-init may", () => {
    installs("netplan");
    assert.match(files(), /^50-cloud-init\.yaml$/m);
    host.works(tree({}, [netplanFile]));
    host.run(`rm ${own}; sed -i 's/one/two/' /var/lib/cloud/seed/nocloud/meta-data`);
    boots();
    assert.notEqual(host.state(), wanted);
    assert.match(files(), /^50-cloud-init\.yaml$/m);
  });

  it("stays as declared over boots, also of what cloud-init takes for a new machine", () => {
    installs("netplan");
    host.works(tree({}, [netplanFile]));
    assert.equal(host.state(), wanted);
    for (const instance of ["one", "two", "three"]) {
      host.run(`echo 'instance-id: ${instance}' >/var/lib/cloud/seed/nocloud/meta-data`);
      boots();
      assert.equal(host.state(), wanted, instance);
      assert.equal(files(), "50-cloud-init.yaml.gatebox-replaced\n60-gatebox.yaml", instance);
    }
  });

  it("is stopped for whatever cloud-init writes for: ifupdown's lines and the names of udev, or networkd's files", () => {
    const rules = "/etc/udev/rules.d/70-persistent-net.rules";
    const networkd = "/etc/systemd/network/10-cloud-init-eth0.network";
    const lines = "/etc/network/interfaces.d/50-cloud-init";
    for (const [renderer, left, replaces] of [
      ["eni", [rules, lines], [lines]],
      ["networkd", [networkd], []],
    ] as const) {
      installs(renderer);
      const read = (): string[] => left.map((path) => host.run(`cat ${path}`).stdout);
      const before = read();
      assert.ok(
        before.every((text) => text !== ""),
        `${renderer} ${before.join("|")}`,
      );
      const other = 'SUBSYSTEM=="net", ATTR{address}=="02:67:c0:a8:09:09", NAME="storage"';
      host.run(`[ ! -f ${rules} ] || echo '${other}' >>${rules}`);
      host.works(tree({}, replaces));
      const inForce = read().flatMap((text) => text.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line)));
      assert.deepEqual(
        inForce.filter((line) => line !== other && !/^(?:auto|iface) lo\b/.test(line)),
        [],
        renderer,
      );
      assert.equal(inForce.includes(other), renderer === "eni");
      const after = read();
      host.run(`echo 'instance-id: other-${renderer}' >/var/lib/cloud/seed/nocloud/meta-data`);
      boots();
      assert.deepEqual(read(), after, renderer);
      assert.equal(host.state(), wanted);
      host.deactivates();
      assert.deepEqual(read(), renderer === "eni" ? [`${before[0]}\n${other}`, before[1]] : before, renderer);
      host.run(`rm -f ${left.join(" ")}`);
    }
  });

  it("is cloud-init's again when the host is left, down to its next boot", () => {
    installs("netplan");
    const before = host.run("ls -R /etc/cloud").stdout;
    host.works(tree({}, [netplanFile]));
    host.deactivates();
    assert.equal(host.run("ls -R /etc/cloud").stdout, before);
    host.run(`rm -f ${netplanFile}; echo 'instance-id: two' >/var/lib/cloud/seed/nocloud/meta-data`);
    boots();
    assert.equal(files(), "50-cloud-init.yaml");
  });

  it("is left as it was by a change that fails", () => {
    installs("netplan");
    const before = host.run("ls -R /etc/cloud /etc/netplan").stdout;
    assert.equal(host.applies(tree({}, [netplanFile]), ["check", "activate"]).code, 0);
    host.deactivates();
    assert.equal(host.run("ls -R /etc/cloud /etc/netplan").stdout, before);
  });

  it("leaves no trace on a host that has no cloud-init, and is not in its way when it gets it", () => {
    host.run("rm -rf /etc/cloud");
    host.works(tree());
    installs("netplan");
    assert.equal(host.state(), wanted);
    assert.equal(files(), "60-gatebox.yaml");
    host.run("rm -rf /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/99-installer.cfg");
    host.deactivates();
    assert.equal(host.run("ls -d /etc/cloud").stdout, "");
  });

  it("is refused where the kernel's command line or a hook at boot goes before any file, with a hint", () => {
    installs("netplan");
    const word = (words: string): void =>
      void host.run(`echo 'root=/dev/sda1 ${words} quiet' >/run/cmdline; mount --bind /run/cmdline /proc/cmdline`);
    word("network-config=e30=");
    assert.match(host.refused(tree({}, [netplanFile])), /^the kernel's command line has cloud-init write the network/);
    word("ip=dhcp");
    assert.equal(host.applies(tree({}, [netplanFile]), ["check"]).code, 0);
    host.run(": >/run/net-eth0.conf");
    assert.match(
      host.refused(tree({}, [netplanFile])),
      /^the kernel's command line has the initramfs set up the network/,
    );
    word("network-config=disabled");
    assert.equal(host.applies(tree({}, [netplanFile]), ["check"]).code, 0);
  });
});
