/** Each fault, and the mechanism that keeps users from noticing it, which is taken away here. */
import { dropIncoming, dropNothing, signalService } from "../breaking.ts";
import type { Fault } from "../fault.ts";
import { EDGE, EGRESS, GATEWAYS, NAT, type Scene } from "../scene.ts";
import { all, dropIn, eachTime, edited, line, stopped, tableAdded, withoutTable, type Ablation } from "./ablation.ts";
import { ofClusterSide } from "./clusterSide.ts";
import { ofControlPlane } from "./controlPlane.ts";
import { editedReload, health, noRestart, watch } from "./mechanisms.ts";

const vips = (files: string, sed: string): ReturnType<typeof edited> =>
  editedReload("vip", `keepalived/vips/${files}`, sed, "keepalived");

const slowAdverts = vips("*.conf", "s/advert_int 0.1/advert_int 1/");
const noPreemption = vips("edge.conf", "s/^ *advert_int.*/&\\n    nopreempt/");
/** Announcements leave by a raw socket, so they are dropped where the interface sends. */
const noAnnouncement = tableAdded(
  "netdev gatebox_ablation",
  `  chain leaving {
    type filter hook egress device "${EDGE.network}" priority 0
    arp saddr ip ${EDGE.address} arp daddr ip ${EDGE.address} drop
  }`,
);
const noDrain = vips("*.conf", "/^ *drain$/d");

/** The hosts' VRRP messages do not come through again when all else is healed. */
function withoutVrrp(fault: Fault): Fault {
  const heal = async (scene: Scene): Promise<void> => {
    await fault.heal?.(scene);
    for (const host of [scene.holder, scene.other]) {
      await dropNothing(scene.lab, host);
      await dropIncoming(scene.lab, host, "ip protocol vrrp");
    }
  };
  return { ...fault, heal };
}

/** `dropNothing` says the same from the machine. */
const letVrrp = { remove: [], restore: [withoutTable("inet gatebox_fault")] };

const nginx = (sed: string): ReturnType<typeof edited> => editedReload("webserver", "nginx/nginx.conf", sed, "nginx");
const upstreams = (sed: string): ReturnType<typeof edited> =>
  editedReload("webserver", "nginx/upstreams/*.conf", sed, "nginx");
const haproxy = (sed: string): ReturnType<typeof edited> => editedReload("gateway", "haproxy/base.cfg", sed, "haproxy");

const OUTAGE = "outage while broken";
const ON_WEBSERVERS = { hosts: EDGE.hosts };
const ON_GATEWAYS = { hosts: GATEWAYS.hosts };

export const ablations: readonly Ablation[] = [
  {
    fault: "nginx-killed",
    mechanism: "the health service, and nothing starting nginx again",
    breaks: OUTAGE,
    ...ON_WEBSERVERS,
    ...all(health, noRestart("nginx")),
  },
  {
    fault: "haproxy-killed",
    mechanism: "the health service, and nothing starting HAProxy again",
    breaks: OUTAGE,
    ...ON_GATEWAYS,
    ...all(health, noRestart("haproxy")),
  },
  {
    fault: "keepalived-killed",
    mechanism: "the release after keepalived's end, its restart and the watch",
    breaks: "edge: holders too many or too few",
    ...ON_WEBSERVERS,
    // It brings the watch with it, so that goes last.
    ...all(dropIn("keepalived", ["Restart=no", "ExecStopPost="]), eachTime("systemctl restart keepalived"), watch),
  },
  { fault: "nginx-frozen", mechanism: "the health service", breaks: OUTAGE, ...ON_WEBSERVERS, ...health },
  { fault: "haproxy-frozen", mechanism: "the health service", breaks: OUTAGE, ...ON_GATEWAYS, ...health },
  {
    fault: "keepalived-frozen",
    mechanism: "the watch over keepalived",
    breaks: "edge: until one answered",
    ...ON_WEBSERVERS,
    ...watch,
  },
  {
    fault: "link-down",
    mechanism: "announcements by a new holder (gratuitous ARP)",
    breaks: OUTAGE,
    ...ON_WEBSERVERS,
    ...noAnnouncement,
  },
  {
    fault: "power-off",
    mechanism: "ten adverts a second (one a second)",
    breaks: OUTAGE,
    ...ON_WEBSERVERS,
    ...slowAdverts,
  },
  {
    fault: "rebooted-at-once",
    mechanism: "preemption",
    breaks: "edge: not back on",
    ...ON_WEBSERVERS,
    ...noPreemption,
  },
  {
    fault: "keepalived-stopped",
    mechanism: "ten adverts a second (one a second)",
    breaks: OUTAGE,
    ...ON_WEBSERVERS,
    ...slowAdverts,
  },
  {
    fault: "drained",
    mechanism: "the drain's number in the priority",
    // The drain itself says so: the fault cannot even be made.
    breaks: "no other host has taken",
    ...ON_WEBSERVERS,
    ...noDrain,
  },
  ...["one-way-vrrp-loss", "partition", "simultaneous-boot"].map((fault) => ({
    fault,
    mechanism: "VRRP between the two once it is healed",
    breaks: "edge: two answered after healing",
    ...ON_WEBSERVERS,
    ...letVrrp,
    change: withoutVrrp,
  })),
  {
    fault: "address-deleted",
    mechanism: "keepalived on both hosts (frozen at that moment, not watched)",
    breaks: OUTAGE,
    ...ON_WEBSERVERS,
    remove: watch.remove,
    restore: [...watch.restore, line("systemctl restart keepalived")],
    change: (fault) => ({ ...fault, break: (scene) => deletedUnheld(fault, scene) }),
  },
  {
    fault: "backend-refuses",
    mechanism: "the web servers' second try (proxy_next_upstream)",
    breaks: "requests lost",
    ...ON_WEBSERVERS,
    ...nginx("s/proxy_next_upstream error timeout/proxy_next_upstream off/"),
  },
  {
    fault: "backend-blackholes",
    mechanism: "the web servers' limit for a connection (proxy_connect_timeout)",
    breaks: "slowest request",
    ...ON_WEBSERVERS,
    ...nginx("s/proxy_connect_timeout 1s/proxy_connect_timeout 60s/"),
  },
  {
    fault: "backend-blackholes",
    mechanism: "the end of connections that stall",
    breaks: "slowest request",
    ...ON_WEBSERVERS,
    ...stopped("gatebox-stalled-webserver"),
  },
  {
    fault: "haproxy-frozen-behind",
    mechanism: "the watch over frozen programs",
    breaks: "until the last request was lost",
    ...ON_GATEWAYS,
    ...stopped("gatebox-frozen-gateway"),
  },
  {
    fault: "node-blackholes",
    mechanism: "the end of connections that stall",
    breaks: "slowest request",
    ...ON_GATEWAYS,
    ...stopped("gatebox-stalled-gateway"),
  },
  {
    fault: "node-blackholes",
    mechanism: "the gateways' limit for a connection (timeout connect)",
    breaks: "slowest request",
    ...ON_GATEWAYS,
    ...haproxy("s/timeout connect 500ms/timeout connect 30s/"),
  },
  {
    fault: "backend-flaps",
    mechanism: "the web servers' second try (proxy_next_upstream)",
    breaks: "requests lost",
    ...ON_WEBSERVERS,
    ...nginx("s/proxy_next_upstream error timeout/proxy_next_upstream off/"),
  },
  ...(
    [
      ["backend-errs", "of 100 requests, with the broken one"],
      ["backend-slow", "requests lost"],
      ["haproxy-frozen-behind", OUTAGE],
    ] as const
  ).map(([fault, breaks]) => ({
    fault,
    mechanism: "the other gateways in the web servers' upstreams",
    breaks,
    ...ON_WEBSERVERS,
    ...upstreams("/# gateway-[23]$/d"),
  })),
  {
    fault: "all-backends-refuse",
    mechanism: "each gateway's second place in the upstreams (backup)",
    breaks: "until nothing was lost",
    ...ON_WEBSERVERS,
    ...upstreams("/ backup;/d"),
  },
  ...[
    { fault: "nat-gateway-off-tcp", vip: NAT },
    { fault: "egress-off-tcp", vip: EGRESS },
  ].map(({ fault, vip }) => ({
    fault,
    hosts: vip.hosts,
    mechanism: "the connections that each gateway reports to the other (conntrackd)",
    breaks: "connections that did not go on",
    ...withoutSync(vip.address),
  })),
  ...ofControlPlane,
  ...ofClusterSide,
];

/**
 * A gateway that does not hold the address still knows connections of before that nobody has reported as ended; their source
 * ports would collide with those of the next fault, which comes before the minute is over that conntrackd takes.
 */
function withoutSync(address: string): ReturnType<typeof stopped> {
  const { remove, restore } = stopped("conntrackd");
  const forget = "conntrackd -C /etc/gatebox/nat/conntrackd/conntrackd.conf -F";
  return { remove, restore: [...restore, line(`ip -o -4 address show | grep -q ' ${address}/' || ${forget}`)] };
}

/** Freezes keepalived on both hosts, so that nobody puts the address back, and deletes it. */
async function deletedUnheld(fault: Fault, scene: Scene): Promise<void> {
  await Promise.all([scene.holder, scene.other].map((host) => signalService(scene.lab, host, "keepalived", "STOP")));
  await fault.break(scene);
}
