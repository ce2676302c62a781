import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BoxDns, HostFirewall } from "../../components/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { dnsBox, wholeDns } from "../render/sampleDns.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const run = (program: () => unknown): Promise<readonly Registration[]> => registrationsOf("config: {}", program);
const commandOf = (found: readonly Registration[], name: string): Registration => {
  const command = found.find((one) => one.type === "Command" && one.name === name);
  assert.ok(command, `${name} is not among ${found.map((one) => one.name).join(", ")}`);
  return command;
};
const alone = {
  networks: { lan: "10.20.0.0/24" },
  connection: { network: "lan" },
  hosts: Object.fromEntries(["ns-1", "ns-2"].map((name, index) => [name, { addresses: { lan: `10.20.0.${index + 2}` }, hostKey: hostKeyFor(name) }])), // prettier-ignore
};

describe("BoxDns", () => {
  it("makes the name servers first, one after the other, and then has every configured host ask them", async () => {
    const found = await run(() => {
      const box = dnsBox({ ...wholeDns, pool: "nat-gateway-pool", forward: {}, records: {} });
      const firewall = new HostFirewall("firewall", { box });
      new BoxDns("dns", box.dns!, { dependsOn: firewall });
    });
    const server = (host: string) => commandOf(found, `dns-${host}-dns-protobox.pool`);
    const resolver = (host: string) => commandOf(found, `dns-resolver-${host}-resolver-protobox.pool`);
    // Who should hold the pool's virtual IP comes last.
    assert.ok(server("gateway-4").dependencies.includes(server("gateway-5").urn));
    // A pool waits for the servers with its first host, and within itself for the one before.
    const waits = (one: Registration): boolean =>
      one.dependencies.includes(server("gateway-4").urn) ||
      found.some((each) => each.name.startsWith("dns-resolver-") && each.type === "Command" && one.dependencies.includes(each.urn) && waits(each)); // prettier-ignore
    for (const host of ["gateway-1", "gateway-4", "webserver-1", "supervisor-1", "master-1"])
      assert.ok(waits(resolver(host)), `the resolver of ${host} does not wait for the name servers`);
    const [component] = found.filter(({ type }) => type === "BoxDns");
    assert.deepEqual(component?.plain["hosts"], ["gateway-5", "gateway-4"]);
    assert.deepEqual(component.plain["dhcp"], ["box-network"]);
    assert.match(String(server("gateway-4").plain["stdin"]), /^file dnsmasq\.conf 0644$/m);
    assert.match(String(resolver("gateway-1").plain["stdin"]), /^\|nameserver 192\.168\.1\.14$/m);
  });

  it("stands alone, its hosts being the name servers, and says where to ask", async () => {
    let addresses: readonly string[] = [];
    const found = await run(() => {
      const names = new BoxDns("names", { ...alone, dns: { networks: ["lan"], domains: ["site.example"], records: { www: "10.20.0.80" }, forwarders: ["9.9.9.9"] } }); // prettier-ignore
      names.addresses.apply((known) => (addresses = known));
    });
    assert.deepEqual(addresses, ["10.20.0.2", "10.20.0.3"]);
    const server = String(commandOf(found, "names-ns-1-dns-names.pool").plain["stdin"]);
    assert.match(server, /10\.20\.0\.80 www\.site\.example www/);
    const second = commandOf(found, "names-ns-2-dns-names.pool");
    assert.ok(second.dependencies.includes(commandOf(found, "names-ns-1-dns-names.pool").urn));
    assert.ok(commandOf(found, "names-resolver-ns-1-resolver-names.pool").dependencies.includes(second.urn));
  });

  it("tells every violation by the path that was written, and a box without the section", async () => {
    const refusal = async (program: () => unknown): Promise<string> => {
      let message = "";
      await run(() => {
        try {
          program();
        } catch (error) {
          assert.ok(pulumi.RunError.isInstance(error), String(error));
          message = error.message;
        }
      });
      return message;
    };
    const broken = await refusal(() => new BoxDns("names", { ...alone, dns: { networks: ["lan"], domains: ["com"], forwarders: ["10.20.0.2"] } })); // prettier-ignore
    assert.match(broken, /^ *dns\.domains\[0\]: "com" is a public suffix/m);
    assert.match(broken, /^ *dns\.forwarders\[0\]: 10\.20\.0\.2 is ns-1, a name server of this box/m);
    assert.match(await refusal(() => new BoxDns("names", { box: dnsBox({}, { dns: undefined }) })), /dns: is missing, so the box has no name servers/); // prettier-ignore
  });
});
