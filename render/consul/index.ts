/**
 * The assembly `consul`: a server on the hosts that are named, an agent on every other configured host of its network.
 *
 * What may be done there, and by whom, is made by `render/consulAccess` when there is a leader.
 *
 * @see ConsulCluster
 */
import { consulOf } from "../../box/index.ts";
import type { Box, Host } from "../../box/model.ts";
import {
  EffectKind,
  type Assembly,
  type LocalPort,
  type MetricsSource,
  type OpenPort,
  type Program,
} from "../assembly.ts";
import { poolsOf } from "../gluster/trustedPools.ts";
import { hasAssembly } from "../registryOf.ts";
import { endpoint } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { agentConfiguration, dnsConfiguration, secretConfiguration, servicesConfiguration } from "./configuration.ts";
import { consulPorts, frontDoorAddress, isOnNetwork, isServer, memberAddress, serverAddresses } from "./members.ts";
import { consulDropIn, consulUnit } from "./service.ts";

const consul = "consul";

/** The host's key for Consul, by the name that the runtime keeps it under. */
export const consulKeyName = "consul";

const consulItself: Program = {
  name: "Consul",
  packages: ["curl", "iproute2", "openssl"],
  maskedUntilConfigured: [consulUnit],
};

/** What a host's unit has beside these files: certificates, which are made when its key is. */
export const consulCertificateFiles = { own: "tls/certificate.pem", authority: "tls/authority.pem" } as const;

/** Consul on all hosts that have any of the other assemblies, and on its servers. */
export function consulAssembly(others: readonly Assembly[]): Assembly {
  const isMember = (box: Box, host: Host): boolean =>
    isOnNetwork(box, host) && (isServer(box, host) || others.some((other) => hasAssembly(other, box, host)));
  return {
    name: consul,
    pools: (box) =>
      box.consul === undefined
        ? []
        : poolsOf(box, new Set(Object.values(box.hosts).filter((host) => isMember(box, host)).map((host) => host.name))), // prettier-ignore
    only: isMember,
    programs: [consulItself],
    programsOn: (box) => [consulProgram(box)],
    effects: [
      {
        unit: consulUnit,
        does: EffectKind.Restart,
        files: ["config/agent.json", "systemd/consul.conf", "secrets/agent.json", "secrets/dns.json", "tls/"],
        serviceOf: "systemd/consul.conf",
        noticed: "Consul on this host answers nothing for some seconds",
      },
      { unit: consulUnit, does: EffectKind.Reload, files: ["config/services.json"] },
    ],
    files: (box, host) => files(box, host),
    ports: (box, host) => ports(box, host, isMember),
    metricsSources: (box, host) => [leader(box, host)],
    localPorts,
  };
}

/** Consul with its package, from the repository that the stack names. */
function consulProgram(box: Box): Program {
  return { ...consulItself, fromRepository: { repository: consulOf(box).repository, packages: ["consul"] } };
}

function files(box: Box, host: Host): TreeFile[] {
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const { datacenter, dnsPort } = consulOf(box);
  return [
    text("config/agent.json", agentConfiguration(box, host)),
    text("config/services.json", servicesConfiguration(box, host)),
    text("systemd/consul.conf", consulDropIn(consul)),
    text(
      "lifecycle/settings",
      settings({
        role: isServer(box, host) ? "server" : "agent",
        address: memberAddress(box, host),
        front_door: frontDoorAddress(box, host) ?? "",
        servers: serverAddresses(box).join(" "),
        datacenter,
        rpc_port: consulPorts.rpc,
        gossip_port: consulPorts.gossip,
        http_port: consulPorts.http,
        https_port: consulPorts.https,
        dns_port: dnsPort,
      }),
    ),
    text("lifecycle/clocks", clocks(box, host)),
    // An election, and before it servers that look for each other.
    text("lifecycle/limit", "120\n"),
    usedInterfaces([]),
    { path: "scripts/prepare.sh", mode: "0755", text: script(import.meta.dirname, "prepare.sh") },
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `/etc/systemd/system/${consulUnit}.d/gatebox.conf systemd/consul.conf\n`),
  ];
}

/** The other servers, whose clocks are compared with this host's. */
function clocks(box: Box, host: Host): string {
  const others = serverAddresses(box).filter((one) => one !== memberAddress(box, host));
  return others.map((one) => `https://${endpoint(one, consulPorts.https, "a server of Consul")}/v1/status/leader\n`).join(""); // prettier-ignore
}

/** The files that hold secrets, one unit. Without them Consul does not start: an agent without the key would be alone. */
export function consulSecretFiles(
  box: Box,
  host: Host,
  secrets: Parameters<typeof secretConfiguration>[1] & { readonly dns: string },
): TreeFile[] {
  return [
    { path: "secrets/agent.json", mode: "0600", text: secretConfiguration(isServer(box, host), secrets) },
    { path: "secrets/dns.json", mode: "0600", text: dnsConfiguration(secrets.dns) },
    { path: "secrets/agent-token", mode: "0600", text: `${secrets.agent}\n` },
  ];
}

/** Whether a member knows a leader. Consul says so to anybody on its host; its own metrics are for who has a token. */
function leader(box: Box, host: Host): MetricsSource {
  const { datacenter } = consulOf(box);
  const role = isServer(box, host) ? "server" : "agent";
  return {
    name: "consul",
    script: script(import.meta.dirname, "metrics.pl"),
    list: [`${consulPorts.http} ${role} ${datacenter}`],
    every: 15,
  };
}

/** Gossip between all members, and requests of members to servers. What web servers ask is opened with `tools`. */
function ports(box: Box, host: Host, isMember: (box: Box, host: Host) => boolean): OpenPort[] {
  const { network } = consulOf(box);
  const from = Object.values(box.hosts).filter((other) => isMember(box, other)).map((other) => memberAddress(box, other)); // prettier-ignore
  const gossip = (["tcp", "udp"] as const).map((protocol): OpenPort => ({
    network,
    protocol,
    port: consulPorts.gossip,
    from,
    purpose: "Consul's gossip",
    path: "consul",
  }));
  if (!isServer(box, host)) return gossip;
  const asked = [consulPorts.rpc, consulPorts.https].map((port): OpenPort => ({
    network,
    protocol: "tcp",
    port,
    from,
    purpose: "Consul's servers",
    path: "consul",
  }));
  return [...gossip, ...asked];
}

function localPorts(box: Box): LocalPort[] {
  return [
    { port: consulPorts.http, purpose: "Consul's API", path: "consul" },
    { port: consulOf(box).dnsPort, purpose: "Consul's DNS", path: "consul.dnsPort" },
  ];
}
