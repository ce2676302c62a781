/**
 * The assembly `consul-access`, on Consul's servers when they have a leader: who may do what, and snapshots of all that they know.
 *
 * @see ConsulCluster
 */
import { consulOf } from "../../box/index.ts";
import type { Box, Consul, Host } from "../../box/model.ts";
import type { Assembly } from "../assembly.ts";
import { isServer } from "../consul/members.ts";
import { poolsOf } from "../gluster/trustedPools.ts";
import { treeOf } from "../places.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { agentPolicy, dnsPolicy, policyText, tokenText, uiPolicy, type Policy } from "./policies.ts";

const consulAccess = "consul-access";

const snapshotUnits = ["gatebox-consul-snapshot.service", "gatebox-consul-snapshot.timer"] as const;

/**
 * Access to Consul, and its snapshots.
 *
 * @param members of Consul's cluster: the assembly `consul`.
 */
export function consulAccessAssembly(members: Assembly): Assembly {
  return {
    name: consulAccess,
    pools: (box) => (box.consul === undefined ? [] : poolsOf(box, new Set(box.consul.servers))),
    only: isServer,
    programs: [{ name: "Consul's access control", packages: ["curl"], maskedUntilConfigured: [] }],
    files: (box) => files(box, consulPolicies(box, members)),
  };
}

/** All policies of a box, in order. */
export function consulPolicies(box: Box, members: Pick<Assembly, "only">): readonly Policy[] {
  const hosts = Object.values(box.hosts).filter((host: Host) => members.only?.(box, host) ?? true);
  return [...hosts.map((host) => agentPolicy(box, host)), uiPolicy, dnsPolicy];
}

function files(box: Box, policies: readonly Policy[]): TreeFile[] {
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const { snapshots } = consulOf(box);
  const [service, timer] = snapshotUnits;
  return [
    ...policies.map((policy) => text(`policies/${policy.name}.json`, policyText(policy))),
    text(`systemd/${service}`, snapshotService),
    text(`systemd/${timer}`, snapshotTimer(snapshots)),
    text("lifecycle/settings", settings({ schedule: snapshots.schedule, keep: snapshots.keep })),
    // Each token is looked for and written, and the leader may only just have been elected.
    text("lifecycle/limit", `${120 + policies.length}\n`),
    usedInterfaces([]),
    { path: "scripts/snapshot.sh", mode: "0755", text: script(import.meta.dirname, "snapshot.sh") },
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", snapshotUnits.map((unit) => `/etc/systemd/system/${unit} systemd/${unit}\n`).join("")),
  ];
}

/** The files that hold tokens, one unit. */
export function consulTokenFiles(
  policies: readonly Policy[],
  management: string,
  tokenOf: (name: string) => Parameters<typeof tokenText>[1],
): TreeFile[] {
  return [
    { path: "secrets/management", mode: "0600", text: `${management}\n` },
    ...policies.map((policy): TreeFile => ({
      path: `tokens/${policy.name}.json`,
      mode: "0600",
      text: tokenText(policy, tokenOf(policy.name)),
    })),
  ];
}

const snapshotService = `[Unit]
Description=Gatebox: a snapshot of Consul
After=consul.service

[Service]
Type=oneshot
ExecStart=/bin/sh ${treeOf(consulAccess)}/scripts/snapshot.sh
TimeoutStartSec=15min
Nice=10
`;

function snapshotTimer({ schedule }: Consul["snapshots"]): string {
  return `[Unit]
Description=Gatebox: when to take a snapshot of Consul

[Timer]
OnCalendar=${schedule}
RandomizedDelaySec=10min
Persistent=yes

[Install]
WantedBy=timers.target
`;
}
