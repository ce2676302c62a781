/**
 * keepalived's configuration on a host with virtual IPs. Written for keepalived 2.2.7, the version of Debian 12, which all
 * tests run. It names nothing that is known to be newer than 2.2.4, the version of Ubuntu 22.04; older ones are not meant.
 */
import type { Track } from "../assembly.ts";
import { notesOf, treeOf } from "../places.ts";
import { familyOf, name } from "../scalars.ts";
import { checkedVip } from "./onHost.ts";
import type { VipOnHost } from "./onHost.ts";

/** The tree that keepalived runs from; a link to the generation in force. The scripts know these places as well. */
export const vipTree = treeOf("vip");

/**
 * The state of this host for each virtual IP, for monitoring: `<name>.state` holds one line, `STATE PRIORITY`, where the
 * state is MASTER, BACKUP, FAULT or STOP. Everything here is gone after a boot.
 */
export const vipNotes = notesOf("vip");

/**
 * What a host with virtual IPs keeps over a boot, by the activation and `scripts/join`: `<name>.peers`, hosts that were
 * peers before their last change; `<name>.joining`, 1 while the address is held back here. See `members.sh`.
 */
const vipKept = "/var/lib/gatebox/vip/kept";

/**
 * The name under which lines that need process events are read (`keepalived -i events`). The kernel tells of processes
 * that end only in the first network namespace; in a container keepalived would find that every process is missing.
 */
const processEvents = "events";

/**
 * What `scripts/drain` writes: a number that keepalived adds to the priority of each virtual IP of this host. 0, or no file,
 * is how it should be. Gone after a boot.
 */
const vipDrainFile = `${vipNotes}/drain`;

/** Names what a holder is watched for: the file with its health, and keepalived's names for it. */
function trackName(track: Track): string {
  return track.kind === "daemon" ? track.process : track.kind;
}

/**
 * `keepalived/keepalived.conf`: what all virtual IPs of this host share, and how the programs that make a holder useful
 * are watched.
 *
 * - A process that ends is noticed through the kernel's process events, at once. One that exists and does nothing
 *   (stopped, in a deadlock) is noticed because it no longer answers. keepalived's own scripts run once a second at most,
 *   too seldom; so `scripts/health` asks and keepalived watches the file that it writes, 0 for well.
 * - A new holder announces itself, again after a second and then every ten. A frozen host still answers for the address
 *   until its watch takes it away (`scripts/watch`); the later announcements win over those answers.
 * - A host that is drained falls to the lowest priority and keeps its addresses until another has taken them. Where an
 *   address does not go by priority alone (`nopreempt`) it gives it up at once.
 * - A host whose keepalived gets too little processor time loses the address to another: it runs at the highest
 *   ordinary priority and stays in memory. Real-time priority is not used; control groups often forbid it.
 *
 * @example keepalivedBase({ host: "gateway-4", tracks: [{ kind: "forwarding" }] })
 */
export function keepalivedBase(options: { readonly host: string; readonly tracks: readonly Track[] }): string {
  const host = name(options.host, "host");
  return `# What all virtual IPs of this host share. One file per virtual IP: vips/NAME.conf
global_defs {
    router_id ${host}
    enable_script_security
    script_user nobody nogroup
    notify_fifo ${vipNotes}/events
    notify_fifo_script "${vipTree}/scripts/events" root root
    vrrp_notify_priority_changes true
    max_auto_priority -1
    vrrp_priority -20
    vrrp_no_swap
    vrrp_version 3
    vrrp_check_unicast_src
    vrrp_higher_prio_send_advert true
    vrrp_garp_master_delay 1
    vrrp_garp_master_repeat 5
    vrrp_garp_master_refresh 10
    vrrp_garp_lower_prio_delay 1
    vrrp_garp_lower_prio_repeat 5
}

track_file drain {
    file "${vipDrainFile}"
    weight 1
    init_file 0
}
${trackedOnce(options.tracks).map(watched).join("")}
include vips/*.conf
`;
}

/** `health.list`, for `scripts/health`: what is to be watched, `NAME ADDRESS PORT PATH` or `forwarding`, one in a line. */
export function vipHealthList(tracks: readonly Track[]): string {
  return trackedOnce(tracks)
    .map((one) => (one.kind === "daemon" ? `${one.process} ${one.address} ${one.port} ${one.path}\n` : `${one.kind}\n`))
    .join("");
}

function trackedOnce(tracks: readonly Track[]): Track[] {
  const byName = new Map<string, Track>();
  for (const track of tracks) {
    if (track.kind === "interface") continue;
    const other = byName.get(trackName(track));
    if (other && JSON.stringify(other) !== JSON.stringify(track))
      throw new Error(`${trackName(track)} would be asked at two different places`);
    byName.set(trackName(track), track);
  }
  return [...byName.values()];
}

function watched(track: Track): string {
  const health = `
track_file ${trackName(track)}_health {
    file "${vipNotes}/${trackName(track)}.health"
    weight 0
}
`;
  if (track.kind !== "daemon") return health;
  // Such a program has a parent and at least one worker; a parent alone serves nothing.
  return `${health}${onlyWithEvents(`vrrp_track_process ${track.process}_runs {
    process ${track.process}
    quorum 2
    fork_delay 1
    terminate_delay 0.02
    weight 0
}`)}
`;
}

function onlyWithEvents(lines: string): string {
  return lines
    .split("\n")
    .map((line) => (line === "" ? "" : `@${processEvents} ${line}`))
    .join("\n");
}

/** The file of a virtual IP inside the tree. */
export function vipFile(vip: Pick<VipOnHost, "name">): string {
  return `keepalived/vips/${name(vip.name, "name of a virtual IP")}.conf`;
}

/** Beside it, for the scripts: `NAME ADDRESS/PREFIX INTERFACE OWN-ADDRESS PEER…`. */
export function vipAddressFile(vip: Pick<VipOnHost, "name">): string {
  return `keepalived/vips/${name(vip.name, "name of a virtual IP")}.address`;
}

/** The text of {@link vipAddressFile}. */
export function vipAddress(vip: VipOnHost): string {
  const { address, prefixLength, ownAddress, peers } = checkedVip(vip);
  return `${[vip.name, `${address}/${prefixLength}`, vip.interface, ownAddress, ...peers].join(" ")}\n`;
}

/**
 * `keepalived/vips/NAME.conf`: one virtual IP. Every host begins as a backup, priorities decide. Adverts go to the peers
 * by unicast and count only when they come from one of them over no router (TTL 255); also to those that were peers until
 * the last change, which are changed after this host. A host that is alone sends them to itself, by its loopback: without
 * any peer keepalived would send them to the whole network, and believe it.
 *
 * IPv6: adverts come from the hosts' own global addresses, so that firewalls tell peers by them as they do for IPv4.
 * (RFC 5798, 5.2.9 wants a link-local address first among those advertised, for hosts that learn their router from it.
 * Nobody does here, and keepalived asks for it only where adverts go to all.) The address is deprecated from the start
 * (`preferred_lft 0`): it is answered for, but never chosen for what this host asks of others, which would break off when
 * the address moves. keepalived adds it without looking for a namesake first (`nodad`), so it serves at once.
 *
 * `follows` are the names of virtual IPs that are where this one is: with them it is one sync group, so all move when one
 * has to. They need the same order of priorities. (`sync_group_tracking_weight` lets a group heed the drain's number,
 * which is the same for all of its members.)
 *
 * @example keepalivedVip(vip, ["natOut"])
 */
export function keepalivedVip(vip: VipOnHost, follows: readonly string[] = []): string {
  const { interface: link, ownAddress, peers, track } = checkedVip(vip);
  const alone = familyOf(vip.address, vip.name) === 4 ? "127.0.0.1" : "::1";
  const receivers = peers.length === 0 ? [alone] : peers.map((peer) => `${peer} min_ttl 255 max_ttl 255`);
  const block = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? "" : `    ${title} {\n${lines.map((line) => `        ${line}\n`).join("")}    }\n`;
  const health = track.kind === "interface" ? [] : [`${trackName(track)}_health`];
  const drain = vip.preempt ? "drain" : "drain weight 0";
  const runs = track.kind === "daemon" ? [`${track.process}_runs`] : [];
  return `track_file ${vip.name}_joining {
    file "${vipKept}/${vip.name}.joining"
    weight 0
    init_file 0
}

vrrp_instance ${vip.name} {
    state BACKUP
    interface ${link}
    virtual_router_id ${vip.virtualRouterId}
    priority ${vip.priority}
    advert_int ${vip.advertIntervalMs / 1000}
${vip.preempt ? "" : "    nopreempt\n"}    unicast_src_ip ${ownAddress}
    unicast_ttl 255
    check_unicast_src
${block("unicast_peer", [...receivers, `include ${vipKept}/${vip.name}.peers`])}    virtual_ipaddress {
        ${vip.address}/${vip.prefixLength} dev ${link}${familyOf(vip.address, vip.name) === 6 ? " preferred_lft 0" : ""}
    }
${block("track_interface", vip.trackInterfaces)}${block("track_file", [...health, `${vip.name}_joining`, drain])}${onlyWithEvents(block("track_process", runs))}}
${follows.length === 0 ? "" : group(vip.name, follows)}`;
}

function group(leader: string, follows: readonly string[]): string {
  const members = [leader, ...follows].map((one) => `        ${name(one, "name of a virtual IP")}\n`);
  if (new Set(members).size !== members.length) throw new Error(`virtual IP ${leader} would follow itself`);
  return `
vrrp_sync_group together_${leader} {
    group {
${members.join("")}    }
    sync_group_tracking_weight
}
`;
}
