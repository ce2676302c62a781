import assert from "node:assert/strict";
import { hashicorp } from "../aptKeys.ts";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const consul = { repository: "hashicorp", network: "box-network" };
const withConsul = (changes: object, more: object = {}) => ({
  aptRepositories: { hashicorp },
  consul: { ...consul, ...changes },
  ...more,
});
const servers = (...hosts: string[]) => ({ servers: { hosts } });

describeViolations("consul", [
  {
    breaks: "an even number of servers",
    changes: withConsul(servers("gateway-1", "gateway-2", "gateway-3", "gateway-4")),
    says: [
      "consul.servers: 4 servers (gateway-1, gateway-2, gateway-3, gateway-4) bear the loss of 1, as 3 do: write 3 or 5",
    ],
  },
  {
    breaks: "too many, and none at all",
    changes: withConsul({ servers: { pools: ["kube-gateway-pool", "nat-gateway-pool", "masters-pool", "supervisors-pool"] } }), // prettier-ignore
    says: [
      "consul.servers: 9 are too many, each of which hears every change: write 3, 5 or 7 of gateway-1, gateway-2, gateway-3, gateway-4, gateway-5, master-1, master-2, master-3, supervisor-1",
    ],
  },
  {
    breaks: "no server",
    changes: withConsul({ servers: {} }),
    says: ["consul.servers: are none: name three hosts, on machines that do not fail together"],
  },
  {
    breaks: "a server that is not on its network",
    changes: withConsul({ network: "gateway-network", ...servers("gateway-4", "gateway-5", "supervisor-1") }),
    says: [
      "consul.servers: supervisor-1 is not on gateway-network, where servers and agents speak: write a network that all servers are on",
    ],
  },
  {
    breaks: "names that DNS or the stack does not know, and ports and numbers that are none",
    changes: withConsul({
      ...{ datacenter: "Proto.Box", network: "box-netwrok", repository: "hashicrop", dnsPort: 0 },
      ...servers("gateway-4", "gateway-9", "supervisor-1"),
      snapshots: { keep: 0, schedule: "daily; reboot" },
    }),
    says: [
      'consul.datacenter: "Proto.Box" is not a name that DNS takes: write lower-case letters, digits, "-" and "_", a letter or digit first and last, at most 63 in all',
      "consul.dnsPort: 0 is not a port: write a whole number from 1 to 65535",
      'consul.snapshots.schedule: "daily; reboot" is not a time of systemd\'s such as `daily` or `*-*-* 02:30`',
      "consul.snapshots.keep: 0 is not a number of snapshots, 1 to 1000",
      'consul.repository: unknown apt repository "hashicrop" (did you mean "hashicorp"?)',
      'consul.network: unknown network "box-netwrok" (did you mean "box-network"?)',
      'consul.servers.hosts[1]: unknown host "gateway-9" (did you mean "gateway-1"?)',
    ],
  },
  {
    breaks: "secrets and switches that are not for the stack file",
    changes: withConsul({ gossipKey: "c2VjcmV0", enableScriptChecks: true, aclToken: "x" }),
    says: [
      'consul.gossipKey: unknown key "gossipKey": a secret of the stack: `pulumi config set --secret gatebox:consulGossipKey`, or leave it out and it is generated',
      'consul.enableScriptChecks: unknown key "enableScriptChecks": remote exec and checks by scripts are off: they would run programs of whoever may register one',
      'consul.aclToken: unknown key "aclToken": access control is always on, and its tokens are generated',
    ],
  },
  {
    breaks: "tools and names that contradict the section",
    changes: withConsul(servers("gateway-4", "gateway-5", "supervisor-1"), {
      tools: { consul: { path: "/con.sul/", upstream: { pool: "masters-pool", port: 8600 } } },
      dns: { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox", "consul"] },
    }),
    says: [
      "tools.consul.upstream.pool: master-1 of masters-pool is no server of Consul (consul.servers): leave it out, and it follows from there",
      "tools.consul.upstream.port: is 8600, and the servers of the box's Consul (consul.servers) listen on 8500: leave it out",
      'tools.consul.path: /con.sul/ is no path that Consul takes (consul): write letters, digits, "-" and "_", and no version such as /v1/',
      'dns.domains[1]: "consul" is the domain of the box\'s Consul (consul): choose another',
    ],
  },
  {
    breaks: "a web interface that no web server could ask for",
    changes: withConsul(servers("master-1", "master-2", "supervisor-1"), { tools: { consul: {} } }),
    says: [
      "consul.servers: none of master-1, master-2, supervisor-1 is where the web servers could ask it for tools.consul: name a host on gateway-network that is no kube gateway, or leave tools.consul out",
    ],
  },
  {
    breaks: "a host that is named twice",
    changes: withConsul({ servers: { pools: ["nat-gateway-pool"], hosts: ["gateway-5", "supervisor-1", "supervisor-1"] } }), // prettier-ignore
    says: [
      "consul.servers.hosts[0]: gateway-5 is in nat-gateway-pool, which is named: remove one of the two",
      "consul.servers.hosts[2]: supervisor-1 is named already: remove one of the two",
    ],
  },
  {
    breaks: "a repository that is nowhere",
    changes: { consul },
    says: ['consul.repository: unknown apt repository "hashicorp": none is declared under aptRepositories'],
  },
]);

describe("a box's Consul", () => {
  const warnings = (changes: object): readonly string[] =>
    parseProtobox(withConsul(changes)).warnings.filter((one) => /^(consul|aptRepositories)/.test(one));

  it("has its servers on the NAT gateways and the supervisor, unless the stack says otherwise", () => {
    assert.equal(parseProtobox({ consul: undefined }).consul, undefined);
    assert.deepEqual(parseProtobox(withConsul({})).consul, {
      ...consul,
      datacenter: "box",
      servers: ["gateway-4", "gateway-5", "supervisor-1"],
      dnsPort: 8600,
      snapshots: { schedule: "daily", keep: 14 },
    });
    assert.deepEqual(warnings({}), []);
  });

  it("takes two servers, or one, with a word of what that means", () => {
    assert.deepEqual(warnings(servers("gateway-4", "gateway-5")), [
      "consul.servers: are two, gateway-4 and gateway-5: when either stops, the other has no majority, nothing can be changed and checks are not kept; name a third host",
    ]);
    assert.deepEqual(warnings(servers("gateway-4")), [
      "consul.servers: is one, gateway-4: when it stops, there is no Consul; name three hosts",
    ]);
  });

  it("is the tool of its name, on the servers that web servers reach, and answers for .consul", () => {
    const dns = { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox"] };
    const box = parseProtobox(withConsul({}, { tools: { consul: {} }, dns }));
    assert.deepEqual(box.tools?.list, [
      {
        ...{ name: "consul", path: "/consul/", auth: "password", port: 8500 },
        members: [
          { name: "gateway-4", address: "192.168.2.14", port: 8500 },
          { name: "gateway-5", address: "192.168.2.15", port: 8500 },
        ],
      },
    ]);
    assert.deepEqual(box.dns?.forward, { consul: ["127.0.0.1#8600"] });
    const elsewhere = { ...dns, forward: { consul: ["192.168.1.14#8600"] } };
    assert.deepEqual(parseProtobox(withConsul({}, { dns: elsewhere })).dns?.forward, elsewhere.forward);
    assert.deepEqual(parseProtobox({ dns }).dns?.forward, {});
    // It may be said as well.
    const said = { consul: { upstream: { pool: "nat-gateway-pool", port: 8500 } } };
    assert.deepEqual(parseProtobox(withConsul({}, { tools: said })).tools?.list[0]?.members.length, 2);
  });

  it("tells where name servers have no agent to ask", () => {
    const dns = { pool: "webservers-pool", networks: ["gateway-network"], domains: ["protobox"] };
    const box = parseProtobox(withConsul({}, { dns }));
    assert.deepEqual(box.dns?.forward, {});
    assert.ok(box.warnings.includes("dns.pool: webserver-1 and webserver-2 have no agent of Consul, which is on box-network alone (consul.network), so no name below .consul is known: choose a pool on that network, or write dns.forward.consul")); // prettier-ignore
  });
});
