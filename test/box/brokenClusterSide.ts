import type { BrokenEntry } from "./brokenEntries.ts";
import { controlPlaneChanges } from "./controlPlane.ts";
import { aroundGitlab, sampleGitlab } from "../render/sampleGitlab.ts";
import { gatewayShared } from "./sharedVolumes.ts";

/** Entries of the sections of the cluster's side. */
export const brokenClusterSide: readonly BrokenEntry[] = [
  {
    entry: "containerRuntime",
    schema: "containerRuntime.properties",
    changes: {
      containerRuntime: {
        pools: ["nodes-pool"],
        network: "box-network",
        proxy: { http: "http://proxy.site:3128" },
        settings: { enable_selinux: true },
        registries: { localhost: { username: "puller", mirrors: [{ url: "https://m.box" }] } },
      },
    },
    rules: [
      {
        breaks: "a pool that is not on the nodes' network",
        changes: { pools: ["webservers-pool"] },
        says: "containerRuntime.pools[0]: webserver-1 of webservers-pool is not on box-network",
        uses: ["pools", "network"],
      },
      {
        breaks: "an unknown network",
        changes: { network: "box-netwrok" },
        says: 'containerRuntime.network: unknown network "box-netwrok"',
        uses: ["network"],
      },
      {
        breaks: "a mirror without a scheme",
        changes: { "registries.localhost.mirrors": [{ url: "m.box" }] },
        says: 'containerRuntime.registries.localhost.mirrors[0].url: "m.box" has no scheme',
        uses: ["registries"],
      },
      {
        breaks: "a proxy with a password",
        changes: { "proxy.http": "http://u:p@proxy.site:3128" },
        says: "containerRuntime.proxy.http: holds a user name or a password",
        uses: ["proxy"],
      },
      {
        breaks: "a setting that has a word of its own",
        changes: { "settings.snapshotter": "native" },
        says: 'containerRuntime.settings.snapshotter: "snapshotter" is written as containerRuntime.snapshotter',
        uses: ["settings"],
      },
    ],
  },
  {
    entry: "registry",
    schema: "registry.properties",
    changes: {
      registry: { name: "registry.protobox", pool: "nat-gateway-pool", storage: { shared: true }, port: 5000 },
      "webservers.serverNames": ["registry.protobox"],
    },
    rules: [
      {
        breaks: "a name that is not served",
        changes: { name: "registry.protbox" },
        says: 'registry.name: "registry.protbox" is not among webservers.serverNames',
        uses: ["name"],
      },
      {
        breaks: "a pool that web servers do not find",
        changes: { pool: "supervisors-pool" },
        says: "registry.pool: supervisor-1 of supervisors-pool is not on gateway-network",
        uses: ["pool"],
      },
      {
        breaks: "a port without a next one",
        changes: { port: 65535 },
        says: "registry.port: 65535 has no next one",
        uses: ["port"],
      },
    ],
  },
  {
    entry: "tools",
    schema: "tools.properties",
    changes: {
      tools: {
        username: "operator",
        oidcProxy: { address: "192.168.2.14" },
        prometheus: { path: "/prometheus/", upstream: { pool: "nat-gateway-pool" } },
        consul: { auth: "password" },
      },
    },
    rules: [
      {
        breaks: "a place inside of another's",
        changes: { "prometheus.path": "/argocd/prometheus/" },
        says: "services.argocd.web.location: /argocd/ is around /argocd/prometheus/",
        uses: ["prometheus"],
      },
      {
        breaks: "hosts that web servers do not find",
        changes: { "prometheus.upstream.pool": "supervisors-pool" },
        says: "tools.prometheus.upstream.pool: supervisor-1 of supervisors-pool is not on gateway-network",
        uses: ["prometheus"],
      },
      {
        breaks: "one port for two tools",
        changes: { "consul.upstream": { port: 9090 } },
        says: "tools.consul.upstream.port: 9090 of gateway-4 is that of tools.prometheus",
        uses: ["prometheus", "consul"],
      },
      {
        breaks: "no log-in",
        changes: { "consul.auth": "none" },
        says: "tools.consul.auth: none would let everybody in",
        uses: ["consul"],
      },
      {
        breaks: "a proxy at no address",
        changes: { "oidcProxy.address": "sso.site" },
        says: 'tools.oidcProxy.address: "sso.site" is not an IPv4 address',
        uses: ["oidcProxy"],
      },
    ],
  },
  {
    entry: "sharedVolumes.files",
    schema: "sharedVolumes.additionalProperties.oneOf.0.properties",
    changes: { "sharedVolumes.files": gatewayShared },
    rules: [
      {
        breaks: "an unknown network",
        changes: { network: "gateway-netwrok" },
        says: 'sharedVolumes.files.network: unknown network "gateway-netwrok"',
        uses: ["kind", "network"],
      },
      {
        breaks: "a mount point of the system",
        changes: { mountPoint: "/usr/share" },
        says: "sharedVolumes.files.mountPoint: /usr/share lies in /usr",
        uses: ["kind", "mountPoint"],
      },
      {
        breaks: "two copies and no arbiter",
        changes: { replicaSets: [{ data: gatewayShared.replicaSets[0]?.data.slice(1) }] },
        says: "sharedVolumes.files.replicaSets[0].data: has two copies and no third vote",
        uses: ["kind", "replicaSets"],
      },
    ],
  },
  {
    entry: "gitlab",
    schema: "gitlab.properties",
    changes: {
      ...aroundGitlab,
      gitlab: {
        ...sampleGitlab,
        port: 8181,
        registry: false,
        smtp: { address: "mail.site" },
        runners: { pool: "runners-pool" },
      },
    },
    rules: [
      {
        breaks: "an unknown repository",
        changes: { repository: "gitlap" },
        says: 'gitlab.repository: unknown apt repository "gitlap"',
        uses: ["repository"],
      },
      {
        breaks: "a URL with more than a path",
        changes: { externalUrl: "https://git.protobox/gitlab?x" },
        says: 'gitlab.externalUrl: "https://git.protobox/gitlab" has a query',
        uses: ["externalUrl"],
      },
      {
        breaks: "data in a place of the system's",
        changes: { data: "/usr/lib/gitlab" },
        says: "gitlab.data: /usr/lib/gitlab lies in /usr",
        uses: ["data"],
      },
      {
        breaks: "a password in plain over the network",
        changes: { smtp: { address: "mail.site", encryption: "none", username: "git" } },
        says: "gitlab.smtp.encryption: none would send git's password in plain",
        uses: ["smtp"],
      },
      {
        breaks: "jobs on the web servers",
        changes: { runners: { pool: "webservers-pool" } },
        says: "gitlab.runners.pool: webserver-1 is a web server",
        uses: ["runners"],
      },
    ],
  },
  {
    entry: "controlPlane",
    schema: "controlPlane.properties",
    changes: controlPlaneChanges(),
    rules: [
      {
        breaks: "an unknown pool",
        changes: { masters: "master-pool" },
        says: 'controlPlane.masters: unknown pool "master-pool"',
        uses: ["masters"],
      },
      {
        breaks: "two masters",
        changes: { masters: "nodes-pool" },
        says: 'controlPlane.masters: "nodes-pool" has two masters',
        uses: ["masters"],
      },
      {
        breaks: "a NodePort",
        changes: { port: 30642 },
        says: "controlPlane.port: 30642 is among the NodePorts",
        uses: ["port"],
      },
      {
        breaks: "no certificate",
        changes: { ca: "-----BEGIN X-----" },
        says: "controlPlane.ca: the text holds no certificate",
        uses: ["ca"],
      },
    ],
  },
  {
    entry: "dns",
    schema: "dns.properties",
    changes: {
      dns: {
        pool: "supervisors-pool",
        networks: ["box-network"],
        domains: ["protobox"],
        records: { git: "192.168.1.14" },
        forwarders: ["9.9.9.9"],
        forward: { consul: ["192.168.1.14#8600"] },
        allowPrivateAnswers: ["corp.example"],
        dhcp: { "box-network": { leaseMinutes: 60 } },
      },
    },
    rules: [
      {
        breaks: "an unknown network",
        changes: { networks: ["box-netwrok"] },
        says: 'dns.networks[0]: unknown network "box-netwrok"',
        uses: ["networks"],
      },
      {
        breaks: "a record that contradicts the stack",
        changes: { "records.gateway-1": "192.168.1.99" },
        says: "dns.records.gateway-1: is 192.168.1.99, and gateway-1.protobox is ",
        uses: ["records", "domains"],
      },
      {
        breaks: "a forwarder that is the name server itself",
        changes: { forwarders: ["192.168.1.7"] },
        says: "dns.forwarders[0]: 192.168.1.7 is supervisor-1, a name server of this box",
        uses: ["pool", "forwarders"],
      },
      {
        breaks: "an own domain that is asked elsewhere",
        changes: { "forward.protobox": ["9.9.9.9"] },
        says: 'dns.forward.protobox: "protobox" is one of dns.domains',
        uses: ["domains", "forward"],
      },
      {
        breaks: "leases over a host's address",
        changes: { "dhcp.box-network.range": { first: "192.168.1.30", last: "192.168.1.35" } },
        says: "dns.dhcp.box-network.range: 192.168.1.30 to 192.168.1.35 lies over 192.168.1.31",
        uses: ["dhcp"],
      },
    ],
  },
];
