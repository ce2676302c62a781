/**
 * The box's name servers: Debian's dnsmasq 2.90, which networks that are declared may ask, and nobody else.
 *
 * @see BoxDns
 */
import { dnsOf } from "../../box/index.ts";
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort } from "../assembly.ts";
import { entry } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import {
  boxDns,
  boxDnsUnit,
  dnsmasqConfiguration,
  dnsmasqHosts,
  dnsmasqLeases,
  dnsmasqServers,
  leaseDirectory,
  listeningAddresses,
} from "./configuration.ts";
import { boxDnsService } from "./service.ts";

/** dnsmasq on the hosts of `dns.pool`. */
export const dnsmasqAssembly: Assembly = {
  name: boxDns,
  pools: ({ dns }) => (dns === undefined ? [] : [dns.pool]),
  // Without Debian's unit, which comes with the package dnsmasq: who has that one running is told so, and keeps it.
  programs: [{ name: "dnsmasq", packages: ["dnsmasq-base", "iproute2"], maskedUntilConfigured: [] }],
  effects: [
    { unit: boxDnsUnit, does: EffectKind.Reload, files: ["servers", "hosts", "leases"] },
    {
      unit: boxDnsUnit,
      does: EffectKind.Restart,
      files: ["dnsmasq.conf", `systemd/${boxDnsUnit}`],
      serviceOf: `systemd/${boxDnsUnit}`,
      noticed: "this name server is silent for a moment; others answer",
    },
  ],
  files: dnsmasqFiles,
  ports: dnsmasqPorts,
};

function dnsmasqFiles(box: Box, host: Host): TreeFile[] {
  const dns = dnsOf(box);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("dnsmasq.conf", dnsmasqConfiguration(box, host)),
    text("servers", dnsmasqServers(dns)),
    text("hosts", dnsmasqHosts(dns)),
    text("leases", dnsmasqLeases(dns)),
    text(`systemd/${boxDnsUnit}`, boxDnsService()),
    text("lifecycle/settings", dnsmasqSettings(box, host)),
    // It goes by addresses.
    usedInterfaces([]),
    text("scripts/ask.pl", script(import.meta.dirname, "ask.pl")),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `/etc/systemd/system/${boxDnsUnit} systemd/${boxDnsUnit}\n`),
  ];
}

function dnsmasqSettings(box: Box, host: Host): string {
  const { records, dhcp } = dnsOf(box);
  const asked = records.find((record) => record.host === host.name);
  if (asked === undefined) throw new Error(`${host.name} has no name in the box's domain`);
  const leased = Object.keys(dhcp).map((network) => entry(host.addresses, network, `addresses of ${host.name}`));
  return settings({
    unit: boxDnsUnit,
    addresses: listeningAddresses(box, host).join(" "),
    // The addresses on the networks that leases are given on.
    dhcp: leased.join(" "),
    lease_directory: leaseDirectory,
    asked: asked.name,
  });
}

/** What a client without an address has for one (RFC 2131, 4.1). */
const nobody = "0.0.0.0";

function dnsmasqPorts(box: Box): OpenPort[] {
  const { networks, dhcp } = dnsOf(box);
  const cidrOf = (network: string): string => entry(box.networks, network, "networks of the box").cidr;
  const asked = networks.flatMap((network) =>
    (["udp", "tcp"] as const).map((protocol): OpenPort => ({
      network,
      protocol,
      port: 53,
      from: [cidrOf(network)],
      purpose: "the box's name server",
    })),
  );
  const leases = Object.keys(dhcp).map((network): OpenPort => ({
    network,
    protocol: "udp",
    port: 67,
    from: [nobody, cidrOf(network)],
    purpose: "leases of the box's name server",
    everywhere: true,
  }));
  return [...asked, ...leases];
}
