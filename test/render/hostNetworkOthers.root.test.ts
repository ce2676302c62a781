import assert from "node:assert/strict";
import { NetworkedHost, tree, wanted } from "./sandbox/networkedHost.ts";

/** Files of other makers that configure the same NICs. */
describe("render: a host's network that others configure too", function () {
  // Each step waits for networkd, up to a second; a machine under load gets several times that.
  this.timeout(120_000);
  let host: NetworkedHost;
  beforeEach(async () => {
    host = await NetworkedHost.make();
  });
  afterEach(() => host.remove());

  describe("other files of netplan", () => {
    const cloud = "/etc/netplan/50-cloud-init.yaml";
    beforeEach(() => {
      host.run(`printf 'network: {version: 2, ethernets: {eth0: {dhcp4: true}}}\\n' >${cloud}
        printf 'network: {version: 2, ethernets: {storage: {addresses: [10.9.0.1/24]}}}\\n' >/etc/netplan/70-storage.yaml`);
    });

    it("that configure the same NIC are refused, with a hint", () => {
      assert.match(
        host.refused(tree()),
        /^\/etc\/netplan\/50-cloud-init\.yaml configures the interface eth0 too; name the file under hostNetworks\.replaces/,
      );
    });

    it("that add to ours are refused as well", () => {
      host.run(
        `rm ${cloud}; printf 'network: {version: 2, ethernets: {box-network: {addresses: [10.9.0.1/24]}}}\\n' >/etc/netplan/70-storage.yaml`,
      );
      assert.match(host.refused(tree()), /^\/etc\/netplan\/70-storage\.yaml configures the interface box-network too/);
    });

    it("are set aside when they are named, and put back; all others stay in force", () => {
      host.works(tree({}, [cloud]));
      assert.equal(host.state(), wanted);
      assert.equal(host.run(`ls ${cloud}*`).stdout, `${cloud}.gatebox-replaced`);
      assert.match(host.files(), /10-netplan-storage\.network/);
      host.deactivates();
      assert.equal(host.run(`ls ${cloud}*`).stdout, cloud);
      assert.match(host.files(), /10-netplan-eth0\.network/);
      assert.match(host.files(), /10-netplan-storage\.network/);
    });
  });

  describe("files of netplan elsewhere than below /etc", () => {
    const text = "network: {version: 2, ethernets: {eth0: {dhcp4: true}}}";
    it("in /lib are hidden by a file of their name below /etc", () => {
      host.run(`mkdir -p /run/more/upper /run/more/work
        mount -t overlay overlay -o lowerdir=/lib/netplan,upperdir=/run/more/upper,workdir=/run/more/work /lib/netplan || mkdir -p /lib/netplan
        echo '${text}' >/lib/netplan/01-vendor.yaml`);
      const output = host.refused(tree());
      assert.match(
        output,
        /^\/lib\/netplan\/01-vendor\.yaml configures the interface eth0 too; hostNetworks\.replaces takes files below \/etc;/,
      );
      // As it says.
      host.run(/echo '.*' >\S+/.exec(output)?.[0] ?? "");
      host.works(tree());
      assert.equal(host.state(), wanted);
    });

    it("in /run are their makers' business", () => {
      host.run(`mkdir -p /run/netplan; echo '${text}' >/run/netplan/01-initrd.yaml`);
      assert.match(
        host.refused(tree()),
        /^\/run\/netplan\/01-initrd\.yaml configures the interface eth0 too; hostNetworks\.replaces takes files below \/etc; it is made anew at each boot/,
      );
    });
  });

  describe("lines of ifupdown", () => {
    const file = "/etc/network/interfaces";
    const cloud = "/etc/network/interfaces.d/50-cloud-init";
    const text = `# The loopback
auto lo eth0 \\
  storage
iface lo inet loopback

allow-hotplug eth0
iface eth0 inet static
    address 192.168.2.14/24
    # the default route
    gateway 192.168.2.1
    up ip route add 10.9.0.0/16 \\
      via 192.168.2.1
iface eth0:1 inet static
    address 192.168.2.77/24

iface storage inet static
    address 10.9.0.1/24
source /etc/network/interfaces.d/*`;
    const other = "auto box-network\niface box-network inet dhcp";
    const read = (path: string): string => host.run(`cat ${path}`).stdout;
    beforeEach(() => {
      host.run(`mkdir -p /run/more/upper /run/more/work /etc/network/interfaces.d
        mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/more/upper,workdir=/run/more/work /usr/sbin
        ln -s /bin/true /usr/sbin/ifup
        cat >${file} <<'TEXT'\n${text}\nTEXT
        echo '${other}' >${cloud}
        chmod 640 ${cloud}`);
    });

    it("are refused, with a hint", () => {
      assert.match(
        host.refused(tree()),
        /^\/etc\/network\/interfaces configures the interface eth0 \(ifupdown\); name the file under hostNetworks\.replaces: /,
      );
      assert.match(
        host.refused(tree({}, [file])),
        /^\/etc\/network\/interfaces\.d\/50-cloud-init configures the interface box-network/,
      );
      host.run(`sed -i 's/^\\(iface .*\\) \\(static\\|dhcp\\)/\\1 manual/' ${file} ${cloud}`);
      assert.equal(host.applies(tree(), ["check"]).code, 0);
    });

    it("are set aside where their file is named, and put back; those of other interfaces stay in force", () => {
      const replaces = [file, cloud];
      host.works(tree({}, replaces));
      const inForce = (path: string): string[] =>
        read(path)
          .split("\n")
          .filter((line) => !/^\s*(?:#|$)/.test(line));
      assert.deepEqual(inForce(file), [
        "auto lo storage",
        "iface lo inet loopback",
        "iface storage inet static",
        "    address 10.9.0.1/24",
        "source /etc/network/interfaces.d/*",
      ]);
      assert.deepEqual(inForce(cloud), []);
      assert.equal(
        host.run(`stat -c %a ${cloud}; ls -A ${cloud.replace(/\/[^/]*$/, "")}`).stdout,
        "640\n50-cloud-init",
      );
      const after = read(file);
      host.works(tree({}, replaces));
      assert.equal(read(file), after);
      host.run(`echo '# mine' >>${file}`);
      host.deactivates();
      assert.equal(read(file), `${text}\n# mine`);
      assert.equal(read(cloud), other);
    });

    it("are put back where the first attempt fails, and where they are named no longer", () => {
      assert.equal(host.applies(tree({}, [file, cloud]), ["check", "activate"]).code, 0);
      host.deactivates();
      assert.equal(read(file), text);
      host.works(tree({}, [file, cloud]));
      assert.equal(host.applies(tree({}, [cloud]), ["activate"]).code, 0);
      assert.equal(read(file), text);
      assert.match(read(cloud), /^#gatebox- iface/m);
    });
  });
});
