/** Faults that the box's own monitoring has to tell of, each really made on the lab. */
import { kubectlChecked } from "../../lab/cluster/programs.ts";
import type { Lab } from "../../lab/state.ts";
import { cutPower, dropIncoming, dropNothing, onHost, switchOnAgain } from "./breaking.ts";

/** One fault, and what is said of it. */
export interface AlertFault {
  readonly title: string;
  /** `ALERT PLACE`, as it fires; some are made by the same act. */
  readonly tells: readonly string[];
  /** Seconds until the message is there: 30, or what the rule waits on purpose on top of it (docs/monitoring.md). */
  readonly within: number;
  readonly breakIt: (lab: Lab) => Promise<unknown>;
  readonly heal: (lab: Lab) => Promise<unknown>;
}

/** What a rule waits on purpose: `for` of two scrapes, of a minute, and a look at the host every 15 s instead of an event. */
const WAITS = { scrape: 15, twoScrapes: 30, minute: 60, look: 15 } as const;

const PROMISED = 30;
const BRICK = "/srv/gatebox/bricks/gateway-shared";
const CERTIFICATE = "/etc/gatebox/webserver/nginx/tls/certificate.pem";
const RULES = "/etc/gatebox/prometheus/prometheus/rules/broken.yml";
/** Has the host look for drift now: it does so every five minutes. */
const LOOK = "perl /etc/gatebox/metrics/scripts/collect gatebox";

/** They have no host and no route in common, so all of them can be there at once. */
export const faultsAtOnce: readonly AlertFault[] = [
  {
    title: "a host without power",
    tells: ["HostDown supervisor-1"],
    within: PROMISED,
    breakIt: (lab) => cutPower(lab, "supervisor-1"),
    heal: (lab) => switchOnAgain(lab, ["supervisor-1"]),
  },
  {
    title: "a program that has stopped",
    tells: ["ExporterDown gateway-1"],
    within: PROMISED + WAITS.scrape,
    breakIt: (lab) => onHost(lab, "gateway-1", "systemctl stop prometheus-node-exporter"),
    heal: (lab) => onHost(lab, "gateway-1", "systemctl start prometheus-node-exporter"),
  },
  {
    title: "a route whose pods are gone",
    tells: ["RouteWithoutBackends dash"],
    // Pods go in order, and HAProxy asks three times, 2 s apart, before it believes that they have gone.
    within: PROMISED + WAITS.look,
    breakIt: (lab) => kubectlChecked(lab, ["-n", "kubernetes-dashboard", "scale", "deployment", "dash", "--replicas=0"]), // prettier-ignore
    heal: (lab) => kubectlChecked(lab, ["-n", "kubernetes-dashboard", "scale", "deployment", "dash", "--replicas=1"]),
  },
  {
    title: "an address that nobody holds",
    tells: ["VipWithoutHolder gateways"],
    within: PROMISED,
    breakIt: (lab) => each(["gateway-1", "gateway-2", "gateway-3"], (host) => onHost(lab, host, "systemctl stop keepalived")), // prettier-ignore
    // The one that is to have it first: who starts before it would take the address and give it up again.
    heal: async (lab) => {
      await onHost(lab, "gateway-3", "systemctl start keepalived");
      await each(["gateway-1", "gateway-2"], (host) => onHost(lab, host, "systemctl start keepalived"));
    },
  },
  {
    title: "a disk that is full",
    tells: ["DiskFilling gateway-2"],
    within: PROMISED,
    breakIt: (lab) => onHost(lab, "gateway-2", `fallocate -l "$(df --output=avail -B1 ${BRICK} | awk 'NR == 2 { printf "%d", $1 * 0.97 }')" ${BRICK}/ballast`), // prettier-ignore
    heal: (lab) => onHost(lab, "gateway-2", `rm -f ${BRICK}/ballast`),
  },
  {
    title: "a brick that was killed",
    tells: ["GlusterBrickDown gateway-3"],
    within: PROMISED + WAITS.look,
    breakIt: (lab) => onHost(lab, "gateway-3", `pkill -KILL -f '[g]lusterfsd .*--brick-name ${BRICK}/brick'`),
    heal: (lab) => onHost(lab, "gateway-3", "gluster --mode=script volume start gateway-shared force"),
  },
  {
    title: "a certificate of five days, put there by hand",
    tells: ["CertificateExpiring webserver-2", "Drift webserver-2"],
    within: PROMISED + WAITS.minute + WAITS.look,
    breakIt: (lab) => onHost(lab, "webserver-2", `cp -p ${CERTIFICATE} /run/kept.pem
      openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=short -days 5 -out ${CERTIFICATE} 2>/dev/null
      ${LOOK}`), // prettier-ignore
    heal: (lab) =>
      onHost(
        lab,
        "webserver-2",
        `[ ! -e /run/kept.pem ] || cp -p /run/kept.pem ${CERTIFICATE}; rm -f /run/kept.pem; ${LOOK}`,
      ),
  },
  {
    title: "a configuration that cannot be read",
    tells: ["ReloadFailed gateway-5", "Drift gateway-5"],
    within: PROMISED + WAITS.minute + WAITS.look,
    breakIt: (lab) => onHost(lab, "gateway-5", `echo 'groups: broken' >${RULES} && { systemctl reload prometheus || :; } && ${LOOK}`), // prettier-ignore
    heal: (lab) => onHost(lab, "gateway-5", `rm -f ${RULES} && systemctl reload prometheus && ${LOOK}`),
  },
];

/** Two hosts that do not hear each other's VRRP. */
export const splitAddress: AlertFault = {
  title: "an address that two hosts hold",
  tells: ["VipSeveralHolders gateways"],
  within: PROMISED + WAITS.twoScrapes,
  breakIt: (lab) => dropIncoming(lab, "gateway-2", "ip protocol vrrp"),
  heal: (lab) => dropNothing(lab, "gateway-2"),
};

/** A server of monitoring itself, and the first of the two. */
export const deadServer: AlertFault = {
  title: "a server of monitoring without power",
  tells: ["HostDown gateway-4"],
  // The other Alertmanager waits for the dead one until it has missed it.
  within: PROMISED + 10,
  breakIt: (lab) => cutPower(lab, "gateway-4"),
  heal: (lab) => switchOnAgain(lab, ["gateway-4"]),
};

function each(hosts: readonly string[], action: (host: string) => Promise<unknown>): Promise<unknown> {
  return Promise.all(hosts.map(action));
}
