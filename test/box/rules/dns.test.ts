import assert from "node:assert/strict";
import fc from "fast-check";
import { ownNameFault } from "../../../box/sections/dns/names.ts";
import { controlPlaneChanges } from "../controlPlane.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const dns = { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox"] };
const leases = (network: object, name = "box-network") => ({ dns: { ...dns, dhcp: { [name]: network } } });
const range = (first: string, last: string) => leases({ range: { first, last } });

describeViolations("name servers", [
  {
    breaks: "unknown names, and nothing at all",
    changes: { dns: { pool: "supervisor-pool", networks: ["box-netwrok"], domains: [] } },
    says: [
      "dns.domains: [] is empty: name the domain of the box",
      'dns.pool: unknown pool "supervisor-pool" (did you mean "supervisors-pool"?)',
      'dns.networks[0]: unknown network "box-netwrok" (did you mean "box-network"?)',
    ],
  },
  {
    breaks: "domains of everybody, and of nobody",
    changes: {
      dns: {
        ...dns,
        domains: ["box", "co.uk", "github.io", "site.local", "onion", "10.in-addr.arpa", "Box_1", "protobox"],
      },
    },
    says: [
      'dns.domains[0]: "box" is a public suffix (publicsuffix.org), so the box would hide the names of strangers below it: choose a name of your own',
      'dns.domains[1]: "co.uk" is a public suffix (publicsuffix.org), so the box would hide the names of strangers below it: choose a name of your own',
      'dns.domains[2]: "github.io" is a public suffix (publicsuffix.org), so the box would hide the names of strangers below it: choose a name of your own',
      'dns.domains[3]: "site.local" lies in .local, which multicast DNS asks every machine of the link for (RFC 6762): choose another',
      'dns.domains[4]: "onion" lies in .onion, which belongs to Tor (RFC 7686): choose another',
      'dns.domains[5]: "10.in-addr.arpa" lies in .arpa, which belongs to the Internet\'s own plumbing (RFC 3172): reverse records are made by themselves: choose another',
      'dns.domains[6]: "Box_1" is not a name that DNS takes: write lower-case labels of letters, digits and "-", at most 63 each, joined by dots',
    ],
  },
  {
    breaks: "records whose names DNS refuses, that are no addresses, or that hide the Internet's",
    changes: { dns: { ...dns, records: { "-git": "192.168.1.14", wiki: "192.168.1.400", com: "192.168.1.14", "co.uk": "192.168.1.14", localhost: "10.0.0.1" } } }, // prettier-ignore
    says: [
      'dns.records.wiki: "192.168.1.400" is not an IP address such as 192.168.2.11 or fd00:0:0:a::11',
      'dns.records.-git: "-git" is not a name that DNS takes: write lower-case labels of letters, digits and "-", at most 63 each, joined by dots',
      'dns.records["co.uk"]: "co.uk" is a public suffix (publicsuffix.org), so the box would hide the names of strangers below it: choose a name of your own',
      'dns.records.localhost: "localhost" is each machine itself (RFC 6761)',
    ],
  },
  {
    breaks: "records that contradict what the stack says",
    changes: {
      ...controlPlaneChanges(),
      dns: {
        ...dns,
        records: { "gateway-1": "192.168.1.99", "kube.plane.box": "192.168.1.21", "protobox.test": "192.168.0.33", "edge.vip.protobox": "10.0.0.1" }, // prettier-ignore
      },
    },
    says: [
      "dns.records.gateway-1: is 192.168.1.99, and gateway-1.protobox is 192.168.2.11 and 192.168.1.11 already (hosts.gateway-1): remove it, or choose another name",
      'dns.records["kube.plane.box"]: is 192.168.1.21, and kube.plane.box is 192.168.1.10 already (controlPlane.serverNames[0]): remove it, or choose another name',
      'dns.records["edge.vip.protobox"]: is 10.0.0.1, and edge.vip.protobox is 192.168.0.33 already (virtualIps.edge): remove it, or choose another name',
    ],
  },
  {
    breaks: "a name of the web servers that is a host's",
    changes: { dns, "webservers.serverNames": ["gateway-1.protobox"] },
    says: [
      'webservers.serverNames[0]: "gateway-1.protobox" is 192.168.0.33, and gateway-1.protobox is 192.168.2.11 and 192.168.1.11 already (hosts.gateway-1): choose another domain for dns, or another name',
    ],
  },
  {
    breaks: "forwarders that are the box's own, the host itself, or nobody",
    changes: {
      dns: {
        ...dns,
        forwarders: [
          "192.168.1.7",
          "192.168.1.7#5353",
          "127.0.0.53",
          "127.0.0.1#5335",
          "0.0.0.0",
          "224.0.0.251",
          "9.9.9.9#0",
          "dns.site",
          "::",
        ],
        forward: {
          consul: ["192.168.1.7#8600"],
          "ad.example": ["192.168.1.7"],
          protobox: ["9.9.9.9"],
          "Bad.": ["9.9.9.9"],
          empty: [],
        },
      },
    },
    says: [
      'dns.forwarders[2]: "127.0.0.53" is the host itself, whose resolver asks the box\'s name servers, and so on in circles: write the server beyond it',
      'dns.forwarders[4]: "0.0.0.0" is the address of no single machine: write that of a name server',
      'dns.forwarders[5]: "224.0.0.251" is the address of no single machine: write that of a name server',
      'dns.forwarders[6]: "9.9.9.9#0" is not a name server: write its address, and where its port is not 53 `#` and the port, such as 192.168.1.7#8600',
      'dns.forwarders[7]: "dns.site" is not a name server: write its address, and where its port is not 53 `#` and the port, such as 192.168.1.7#8600',
      'dns.forwarders[8]: "::" is the address of no single machine: write that of a name server',
      "dns.forward.empty: [] is empty: name the servers of this domain",
      'dns.forward["Bad."]: "Bad." is not a name that DNS takes: write lower-case labels of letters, digits and "-", at most 63 each, joined by dots',
      "dns.forwarders[0]: 192.168.1.7 is supervisor-1, a name server of this box, which would ask itself: write a server beyond it, or another port",
      'dns.forward["ad.example"][0]: 192.168.1.7 is supervisor-1, a name server of this box, which would ask itself: write a server beyond it, or another port',
      'dns.forward.protobox: "protobox" is one of dns.domains, which nobody else is asked for: remove it from one of the two',
    ],
  },
  {
    breaks: "a VIP of the name servers as a forwarder",
    changes: { dns: { ...dns, pool: "nat-gateway-pool", forwarders: ["192.168.1.254"] } },
    says: [
      "dns.forwarders[0]: 192.168.1.254 is VIP nat, a name server of this box, which would ask itself: write a server beyond it, or another port",
    ],
  },
  {
    breaks: "more hosts than are asked, kube gateways, and networks that they are not on",
    changes: {
      dns: { ...dns, pool: "kube-gateway-pool", networks: ["gateway-network", "box-network", "box-network"] },
    },
    says: [
      'dns.pool: "kube-gateway-pool" has 3 hosts, and hosts ask 2 name servers of the box at most: write a pool of one or two',
      "dns.pool: gateway-1 of kube-gateway-pool is a kube gateway, which lets nothing but routes in from gateway-network: write a pool of other hosts, or leave gateway-network out of networks",
      'dns.networks[2]: "box-network" is named already: keep one',
    ],
  },
  {
    breaks: "a network that no name server is on",
    changes: { dns: { ...dns, networks: ["public-network"] } },
    says: ['dns.networks[0]: "public-network": no host of supervisors-pool is on it (known: box-network)'],
  },
  {
    breaks: "other name servers of hosts, and port 53 opened beside it",
    changes: {
      dns,
      "hostNetworks.nameservers": ["192.168.1.53"],
      "firewall.openPorts": [{ pool: "supervisors-pool", network: "box-network", protocol: "udp", port: 53 }],
    },
    says: [
      "hostNetworks.nameservers[0]: 192.168.1.53: hosts ask the name servers of dns, and these the others: write it under dns.forwarders",
      "firewall.openPorts[0].port: 53 of supervisor-1 on box-network (192.168.1.7) is the name server's (dns.pool), which opens it itself: remove it",
    ],
  },
  {
    breaks: "words of dnsmasq and of resolv.conf",
    changes: { dns: { ...dns, domain: "protobox", upstream: ["9.9.9.9"], dhcp: { "box-network": { leaseTime: "12h", range: { first: "192.168.1.100", last: "192.168.1.199" } } } } }, // prettier-ignore
    says: [
      'dns.dhcp.box-network.leaseTime: unknown key "leaseTime": write leaseMinutes, a number',
      'dns.domain: unknown key "domain": write domains, a list',
      'dns.upstream: unknown key "upstream": write forwarders, a list',
    ],
  },
]);

describeViolations("leases", [
  {
    breaks: "a range outside of its network",
    changes: range("192.168.2.100", "192.168.1.255"),
    says: [
      "dns.dhcp.box-network.range.first: 192.168.2.100 lies outside of box-network 192.168.1.0/24: it lies in gateway-network 192.168.2.0/24",
      "dns.dhcp.box-network.range.last: 192.168.1.255 is the broadcast address of box-network 192.168.1.0/24: give the range one of its own",
    ],
  },
  {
    breaks: "a range the wrong way round",
    changes: range("192.168.1.199", "192.168.1.100"),
    says: ["dns.dhcp.box-network.range: 192.168.1.199 comes after 192.168.1.100: exchange the two"],
  },
  {
    breaks: "a range over a host",
    changes: range("192.168.1.30", "192.168.1.35"),
    says: [
      "dns.dhcp.box-network.range: 192.168.1.30 to 192.168.1.35 lies over 192.168.1.31, which is hosts.database-1.addresses.box-network: leave it out, as 192.168.1.32 to 192.168.1.35 does",
    ],
  },
  {
    breaks: "a range over a VIP",
    changes: range("192.168.1.200", "192.168.1.254"),
    says: [
      "dns.dhcp.box-network.range: 192.168.1.200 to 192.168.1.254 lies over 192.168.1.254, which is virtualIps.nat.address: leave it out, as 192.168.1.200 to 192.168.1.253 does",
    ],
  },
  {
    breaks: "a range over its router, which lies elsewhere",
    changes: leases({ range: { first: "192.168.1.100", last: "192.168.1.199" }, router: "192.168.1.150" }),
    says: [
      "dns.dhcp.box-network.range: 192.168.1.100 to 192.168.1.199 lies over 192.168.1.150, which is dns.dhcp.box-network.router: leave it out, as 192.168.1.100 to 192.168.1.149 does",
    ],
  },
  {
    breaks: "a router outside of the network, and a lease that does not last",
    changes: leases({ router: "192.168.2.254", leaseMinutes: 1 }),
    says: [
      "dns.dhcp.box-network.leaseMinutes: 1 is not the time of a lease: write 2 to 525600 (minutes)",
      "dns.dhcp.box-network.router: 192.168.2.254 lies outside of box-network 192.168.1.0/24: it lies in gateway-network 192.168.2.0/24",
    ],
  },
  {
    breaks: "one address for two servers",
    changes: { dns: { ...dns, pool: "nat-gateway-pool", dhcp: { "box-network": { range: { first: "192.168.1.100", last: "192.168.1.100" } } } } }, // prettier-ignore
    says: [
      "dns.dhcp.box-network.range: 192.168.1.100 to 192.168.1.100 has 1 address, and 2 name servers share it: write a longer one",
    ],
  },
  {
    breaks: "hosts without a MAC, on other networks, and named twice",
    changes: leases({ hosts: ["database-1", "webserver-1", "gateway-1", "gateway-1", "gateway-9"] }),
    says: [
      'hosts.database-1.macAddresses.box-network: is missing, and dns.dhcp knows database-1 by it: write the one that "ip -br link" shows there',
      'dns.dhcp.box-network.hosts[4]: unknown host "gateway-9" (did you mean "gateway-1"?)',
      'dns.dhcp.box-network.hosts[1]: "webserver-1" is not on box-network: give it an address there, or leave it out',
      'dns.dhcp.box-network.hosts[3]: "gateway-1" is named already: keep one',
    ],
  },
  {
    breaks: "leases for nobody, and on a network that may not ask",
    changes: {
      dns: { ...dns, dhcp: { "box-network": { hosts: [] }, "gateway-network": {}, "public-network": {} } },
      "hosts.webserver-1.macAddresses": {},
      "hosts.webserver-2.macAddresses": {},
      hostNetworks: undefined,
    },
    says: [
      "dns.dhcp.box-network: has neither a range nor a host of box-network whose MAC is known, so nobody gets a lease: write one of the two",
      'dns.dhcp.gateway-network: "gateway-network" is not among dns.networks, so no name server listens there: add it',
      'dns.dhcp.public-network: "public-network" is not among dns.networks, so no name server listens there: add it',
      "dns.dhcp.public-network: has neither a range nor a host of public-network whose MAC is known, so nobody gets a lease: write one of the two",
    ],
  },
]);

describe("a box's name servers", () => {
  it("are absent unless the stack has them", () => {
    assert.equal(parseProtobox({ dns: undefined }).dns, undefined);
  });

  it("know hosts, virtual IPs, the API, the web servers' names and what is listed, each name once", () => {
    const { records } = parseProtobox({ ...controlPlaneChanges(), dns: { ...dns, records: { git: "192.168.1.14", "protobox.test": "192.168.0.33" } } }).dns!; // prettier-ignore
    const addressesOf = Object.fromEntries(records.map((record) => [record.name, record.addresses.join(" ")]));
    assert.equal(records.length, Object.keys(addressesOf).length);
    assert.equal(addressesOf["gateway-1.protobox"], "192.168.2.11 192.168.1.11");
    assert.equal(addressesOf["natout.vip.protobox"], "192.168.2.253");
    assert.equal(addressesOf["kube.plane.box"], "192.168.1.10");
    // Not that of egressOut, which is there for what leaves the box.
    assert.equal(addressesOf["protobox.test"], "192.168.0.33");
    assert.equal(addressesOf["git.protobox"], "192.168.1.14");
    assert.equal(records.find(({ name }) => name === "git.protobox")?.short, "git");
  });

  it("know the web servers by their own addresses where these have no virtual IP, and no name with *", () => {
    const { records } = parseProtobox({ dns, natGateways: [], virtualIps: {}, "webservers.serverNames": ["shop.example", "*.shop.example"], "hosts.gateway-1.defaultGateway": undefined }).dns!; // prettier-ignore
    assert.deepEqual(records.filter(({ name }) => name.includes("shop")), [{ name: "shop.example", addresses: ["192.168.0.30", "192.168.0.32"] }]); // prettier-ignore
  });

  it("give leases to every host of a network whose MAC is known, unless some are named", () => {
    const hostsOf = (entry: object) => parseProtobox(leases(entry)).dns!.dhcp["box-network"]!.leases.map(({ host }) => host); // prettier-ignore
    assert.deepEqual(hostsOf({}), ["gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5", "supervisor-1"]);
    assert.deepEqual(hostsOf({ hosts: ["gateway-2"] }), ["gateway-2"]);
    assert.deepEqual(violationsOf(() => hostsOf({ hosts: [], range: { first: "192.168.1.100", last: "192.168.1.109" } })), []); // prettier-ignore
  });

  it("may be kube gateways on the network where these let others in, and have a name of their own everywhere", () => {
    assert.deepEqual(violationsOf(() => parseProtobox({ dns: { ...dns, pool: "p" }, "pools.p": ["gateway-1"] })), []); // prettier-ignore
    for (const domain of ["protobox", "plane.box", "corp.example.com", "intern"])
      assert.deepEqual(violationsOf(() => parseProtobox({ dns: { ...dns, domains: [domain] } })), [], domain); // prettier-ignore
  });

  it("never answer for a public suffix, and may for any name below one", () => {
    const suffix = fc.constantFrom("com", "co.uk", "github.io", "box", "dev", "s3.amazonaws.com", "pvt.k12.ma.us");
    const label = fc.stringMatching(/^[a-z][a-z0-9]{5,11}$/);
    fc.assert(
      fc.property(suffix, label, (one, below) => {
        assert.match(ownNameFault(one) ?? "", /public suffix/);
        assert.equal(ownNameFault(`own${below}.${one}`), undefined);
      }),
    );
  });
});
