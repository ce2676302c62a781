import assert from "node:assert/strict";
import fc from "fast-check";
import { writtenBox } from "../../../box/index.ts";
import { readBox } from "../../../box/readBox.ts";
import { knownHostsFor } from "../hostKey.ts";
import { apiCertificate, clusterCa, controlPlaneChanges as declared, expiredCa, laterCa } from "../controlPlane.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { protoboxKnownHosts } from "../protobox.ts";
import { describeViolations } from "../violations.ts";

const key = ["-----BEGIN", "PRIVATE KEY-----\nAAAA\n-----END", "PRIVATE KEY-----\n"].join(" ");

describeViolations("controlPlane", [
  {
    breaks: "two masters",
    changes: {
      ...declared(),
      "pools.masters-pool": ["master-1", "master-2"],
      "virtualIps.kube.priorities": { "master-1": 200, "master-2": 100 },
    },
    says: [
      'virtualIps.kube.pool: "masters-pool" has two masters, master-1 and master-2: no quorum is gained, for etcd needs a majority, of two both, so the loss of either stops the cluster; name one master, or three',
    ],
  },
  {
    breaks: "two masters behind other load balancers",
    changes: { ...declared(), "controlPlane.masters": "nodes-pool" },
    says: [
      'controlPlane.masters: "nodes-pool" has two masters, node-1 and node-2: no quorum is gained, for etcd needs a majority, of two both, so the loss of either stops the cluster; name one master, or three',
    ],
  },
  {
    breaks: "unknown names, and keys of other vocabularies",
    changes: {
      ...declared(),
      "controlPlane.masters": "master-pool",
      "controlPlane.virtualIp": "kub",
      "controlPlane.vip": "192.168.1.10",
      "controlPlane.pool": "masters-pool",
    },
    says: [
      'controlPlane.vip: unknown key "vip": write virtualIp, the name of a VIP under virtualIps',
      'controlPlane.pool: unknown key "pool": those of the VIP are meant (virtualIps): remove it',
      'controlPlane.virtualIp: unknown VIP "kub" (did you mean "kube"?)',
      'controlPlane.masters: unknown pool "master-pool" (did you mean "masters-pool"?)',
    ],
  },
  {
    breaks: "a VIP that a host has",
    changes: { ...declared(), "virtualIps.kube.address": "192.168.1.21" },
    says: [
      "virtualIps.kube.address: 192.168.1.21 is taken by hosts.master-1.addresses.box-network: give the VIP one of its own",
    ],
  },
  {
    breaks: "the VIP of a NAT gateway",
    changes: { ...declared(), "controlPlane.virtualIp": "natOut", "controlPlane.masters": "masters-pool" },
    says: [
      "hosts.master-1.addresses.gateway-network: is missing: master-1 is in masters-pool, and the load balancer of the API asks its masters there; give it an address there or remove it from the pool",
      "hosts.master-2.addresses.gateway-network: is missing: master-2 is in masters-pool, and the load balancer of the API asks its masters there; give it an address there or remove it from the pool",
      "hosts.master-3.addresses.gateway-network: is missing: master-3 is in masters-pool, and the load balancer of the API asks its masters there; give it an address there or remove it from the pool",
      'controlPlane.virtualIp: "natOut" is what connections of natGateways[0] leave with: declare a VIP for the API alone',
    ],
  },
  {
    breaks: "ports of the API servers, of NodePorts, and the same one twice",
    changes: { ...declared(), "controlPlane.port": 6443, "controlPlane.metricsPort": 6443 },
    says: [
      "controlPlane.port: 6443 is where the API server of master-1 listens, on all addresses: choose another port",
      "controlPlane.metricsPort: 6443 is where the API server of master-1 listens, on all addresses: choose another port",
      "controlPlane.metricsPort: 6443 is the port of the API here (port): choose another one",
    ],
  },
  {
    breaks: "a NodePort",
    changes: { ...declared(), "controlPlane.port": 30642 },
    says: ["controlPlane.port: 30642 is among the NodePorts 30000–32767, which kube-proxy takes: write 6442"],
  },
  {
    breaks: "a port that a route of the gateways has on the same host",
    changes: {
      "virtualIps.kube": {
        pool: "kube-gateway-pool",
        network: "box-network",
        address: "192.168.1.10",
        virtualRouterId: 3,
      },
      controlPlane: { ...declared().controlPlane, masters: "masters-pool" },
      "kubeGateways.routes.api": {
        mode: "tcp",
        port: 6442,
        destination: { addresses: [{ name: "db", address: "192.168.1.31", port: 5432 }] },
      },
    },
    says: [
      "controlPlane.port: 6442 is taken on gateway-1 by kubeGateways.routes.api, a route of the gateways: choose another port",
    ],
  },
  {
    breaks: "a port of etcd's metrics where no load balancer is a master",
    changes: {
      ...declared(),
      "virtualIps.kube": {
        pool: "kube-gateway-pool",
        network: "box-network",
        address: "192.168.1.10",
        virtualRouterId: 3,
      },
      controlPlane: { ...declared().controlPlane, masters: "masters-pool", etcdMetricsPort: 2381 },
    },
    says: [
      'controlPlane.etcdMetricsPort: 2381 is a port of masters, and no host of "kube-gateway-pool", which balances the API, is one of "masters-pool": remove it, and have a Prometheus of your own ask etcd',
    ],
  },
  {
    breaks: "a CA that is none: no certificate",
    changes: { ...declared(), "controlPlane.ca": "ca.pem" },
    files: { "ca.pem": "hello" },
    says: ['controlPlane.ca: "ca.pem" holds no certificate in PEM (-----BEGIN CERTIFICATE-----)'],
  },
  {
    breaks: "a CA that cannot be read",
    changes: { ...declared(), "controlPlane.ca": "ca.pem" },
    says: ['controlPlane.ca: "ca.pem" cannot be read: its path is relative to the project'],
  },
  {
    breaks: "a CA with bytes that are no certificate",
    changes: {
      ...declared(),
      "controlPlane.ca": `${clusterCa}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    },
    says: ["controlPlane.ca: the text: certificate 2 of 2 cannot be read"],
  },
  {
    breaks: "the certificate of an API server in place of the CA's",
    changes: { ...declared(), "controlPlane.ca": apiCertificate },
    says: [
      "controlPlane.ca: the text (CN=kube-apiserver) is not that of a CA: write the one that signed it (/etc/kubernetes/pki/ca.crt)",
    ],
  },
  {
    breaks: "a CA that has expired",
    changes: { ...declared(), "controlPlane.ca": `${clusterCa}${expiredCa}` },
    says: [
      "controlPlane.ca: the text, certificate 2 of 2, (CN=kubernetes-2015) has expired, on Jan  1 00:00:00 2025 GMT: write the one in force",
    ],
  },
  {
    breaks: "a CA that is not valid yet",
    changes: { ...declared(), "controlPlane.ca": laterCa },
    says: [
      "controlPlane.ca: the text (CN=kubernetes-2090) is not valid before Jan  1 00:00:00 2090 GMT: write the one in force",
    ],
  },
  {
    breaks: "the CA's key",
    changes: { ...declared(), "controlPlane.ca": `${clusterCa}${key}` },
    says: ["controlPlane.ca: the text holds a private key: take it out, the certificate is enough"],
  },
  {
    breaks: "names that are none, and limits out of bounds",
    changes: {
      ...declared(),
      "controlPlane.serverNames": ["https://kube.plane.box", "192.168.1.10"],
      "controlPlane.check": { intervalMs: 5, fall: 0 },
    },
    says: [
      'controlPlane.serverNames[0]: "https://kube.plane.box" is not a host name: write it in lower case, without scheme, port or path',
      'controlPlane.serverNames[1]: "192.168.1.10" is an address: that of the VIP is among what certificates must carry already',
      "controlPlane.check.intervalMs: 5 is not a time limit: write 100 to 10000 (milliseconds)",
      "controlPlane.check.fall: 0 is not a number of checks: write 1 to 10",
    ],
  },
]);

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `m-${index + 1}`);
const keysOf = (count: number): string => protoboxKnownHosts() + knownHostsFor(named(count));

/** The Protobox with `count` masters. */
function withMasters(count: number): Record<string, unknown> {
  const names = named(count);
  const hosts = names.map((name, index) => [
    `hosts.${name}`,
    { addresses: { "box-network": `192.168.1.${60 + index}` } },
  ]);
  return { ...declared(), ...(Object.fromEntries(hosts) as object), "virtualIps.kube.priorities": undefined, "pools.masters-pool": names }; // prettier-ignore
}

describe("a box's control plane", () => {
  it("is absent unless the stack has it", () => assert.equal(parseProtobox().controlPlane, undefined));

  it("has its hosts and its network from the VIP, the masters' addresses there, and defaults", () => {
    const { controlPlane } = parseProtobox(declared());
    assert.deepEqual(controlPlane, {
      virtualIp: "kube",
      address: "192.168.1.10",
      pool: "masters-pool",
      network: "box-network",
      port: 6442,
      apiPort: 6443,
      metricsPort: 8406,
      serverNames: ["kube.plane.box"],
      ca: clusterCa,
      masters: [21, 22, 23].map((last, index) => ({
        name: `master-${index + 1}`,
        address: `192.168.1.${last}`,
        port: 6443,
      })),
      check: { intervalMs: 250, answerMs: 450, fall: 2, rise: 2 },
    });
  });

  it("stands on other hosts than the masters, whose API then may have the same port", () => {
    const changes = {
      ...declared(),
      "virtualIps.kube": { ...declared()["virtualIps.kube"], pool: "nodes-pool", priorities: undefined },
      controlPlane: { ...declared().controlPlane, masters: "masters-pool", port: 6443 },
    };
    const { controlPlane } = parseProtobox(changes);
    assert.deepEqual([controlPlane?.pool, controlPlane?.port, controlPlane?.masters.length], ["nodes-pool", 6443, 3]);
  });

  it("reads the CA from a file, and hands its text to other stacks", () => {
    const box = parseProtobox({ ...declared(), "controlPlane.ca": "ca.pem" }, { files: { "ca.pem": clusterCa } });
    assert.equal(readBox(JSON.parse(JSON.stringify(writtenBox(box)))).controlPlane?.ca, clusterCa);
  });

  it("is refused with two masters, warned of with one or an even number, and silent otherwise", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (count) => {
        const changes = withMasters(count);
        const found = violationsOf(() => parseProtobox(changes, { knownHosts: keysOf(count) }));
        if (count === 2) {
          assert.match(found.join(), /has two masters, m-1 and m-2: no quorum is gained/);
          return;
        }
        assert.deepEqual(found, []);
        const warnings = parseProtobox(changes, { knownHosts: keysOf(count) }).warnings.filter((one) => one.includes(" master")); // prettier-ignore
        if (count === 1) assert.match(warnings.join(), /has one master, m-1: when it fails the cluster stops/);
        else if (count % 2 === 0) assert.match(warnings.join(), /an even number: \d outlast as many failures/);
        else assert.deepEqual(warnings, []);
      }),
      { numRuns: 30 },
    );
  });
});
