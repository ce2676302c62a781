import assert from "node:assert/strict";
import { defaultGatewayOf, installerNetworkFiles } from "../../lab/hosts/installer.ts";
import { hostNamed, HOSTS, NETWORKS, networksOf } from "../../lab/inventory.ts";
import { stackFile, project } from "../../lab/stack.ts";

describe("what the installer left on a host of the lab", () => {
  it("is one file per network, with the host's address and its default route", () => {
    assert.deepEqual(installerNetworkFiles(hostNamed("gateway-4")), {
      "etc/systemd/network/70-installer-gateway-network.network": `# Written when this host was installed.
[Match]
Name=gateway-network

[Network]
DHCP=no
IPv6AcceptRA=no
Address=192.168.2.14/24
Gateway=192.168.2.254
`,
      "etc/systemd/network/70-installer-box-network.network": `# Written when this host was installed.
[Match]
Name=box-network

[Network]
DHCP=no
IPv6AcceptRA=no
Address=192.168.1.14/24
`,
    });
  });

  it("has every address of the inventory", () => {
    for (const host of HOSTS) {
      const text = Object.values(installerNetworkFiles(host)).join("");
      const found = [...text.matchAll(/^Address=(.*)$/gm)].map(([, address]) => address);
      const wanted = networksOf(host).map((name) => `${host.addresses[name]}/${NETWORKS[name].length}`);
      assert.deepEqual(found, wanted, host.name);
    }
  });

  it("leads the box out by the addresses that move, and who is outside nowhere", async () => {
    const stack = await stackFile(project, "protobox");
    for (const host of HOSTS) {
      const gateway = defaultGatewayOf(host);
      assert.equal(gateway === undefined, host.addresses["public-network"] !== undefined, host.name);
      if (gateway !== undefined) {
        assert.ok(host.addresses[gateway.network], `${host.name} is not on ${gateway.network}`);
        const vip = new RegExp(`network: ${gateway.network}\\s+address: ${gateway.address.replaceAll(".", "\\.")}\\n`);
        assert.match(stack, vip, host.name);
      }
      const lines =
        Object.values(installerNetworkFiles(host))
          .join("")
          .match(/^Gateway=.*$/gm) ?? [];
      assert.deepEqual(lines, gateway === undefined ? [] : [`Gateway=${gateway.address}`], host.name);
    }
  });
});
