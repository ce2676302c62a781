import { GATEWAYS, onHost, WEB } from "../../test/e2e/world.ts";
import { parseDocument } from "yaml";
import { protoboxOf } from "../../lab/absentHosts.ts";
import type { Lab } from "../../lab/state.ts";
import type { Figure } from "../figure.ts";
import type { Cost } from "../meter.ts";
import { applied, changed, measuredPreview, measuredUp } from "../pulumi.ts";
import { median, medianRatio } from "../sample.ts";

const ROUNDS = 3;

/** The service that comes and goes. */
const SERVICE = "dash";

/** How often a host's program has reloaded so far, and which process it is: a restart would hide reloads. */
interface Reloads {
  readonly count: number;
  readonly master: string;
}

async function haproxy(lab: Lab, host: string): Promise<Reloads> {
  const ask = `echo 'show proc' | timeout 5 socat - UNIX-CONNECT:/run/haproxy-master.sock | awk '$2 == "master" { print $3, $1 }'`;
  return reloads(await onHost(lab, host, ask));
}

async function nginx(lab: Lab, host: string): Promise<Reloads> {
  const ask = `echo "$(journalctl -q -u nginx | grep -c Reloaded) $(systemctl show -P MainPID nginx)"`;
  return reloads(await onHost(lab, host, ask));
}

function reloads(answer: string): Reloads {
  const [count = "", master = ""] = answer.split(" ");
  if (!/^\d+$/.test(count)) throw new Error(`not a number of reloads: ${answer}`);
  return { count: Number(count), master };
}

/** Reloads by host, of HAProxy on the gateways and of nginx on the web servers. */
async function allReloads(lab: Lab): Promise<ReadonlyMap<string, Reloads>> {
  const gateways = GATEWAYS.map(async (host) => [host, await haproxy(lab, host)] as const);
  const webservers = WEB.map(async (host) => [host, await nginx(lab, host)] as const);
  return new Map(await Promise.all([...gateways, ...webservers]));
}

/** The most reloads of any of some hosts. @throws Error when one of them was restarted: then nothing was counted. */
function most(
  hosts: readonly string[],
  before: ReadonlyMap<string, Reloads>,
  after: ReadonlyMap<string, Reloads>,
): number {
  const counts = hosts.map((host) => {
    const [was, is] = [before.get(host), after.get(host)];
    if (was === undefined || is === undefined || was.master !== is.master) throw new Error(`${host} was restarted`);
    return is.count - was.count;
  });
  return Math.max(...counts);
}

export const addService: Figure = {
  name: "addService",
  title: "Adding one service",
  how: `The Protobox without \`${SERVICE}\`, then with it: NodePort Service, a route on three gateways, one after the other, and a location on two web servers. ${ROUNDS} rounds, each beside a preview of the empty program and an \`up\` of the box that changes nothing. Reloads are those that HAProxy's master and nginx's systemd unit count; the worst host of all rounds is given.`,
  onLab: true,
  measure: async (open, say) => {
    const { lab, meter, box, empty } = await open();
    const whole = await protoboxOf(lab);
    const without = parseDocument(whole);
    without.deleteIn(["config", "gatebox:services", SERVICE]);
    const [starts, noops, ups]: [Cost[], Cost[], Cost[]] = [[], [], []];
    let [own, others, ofHaproxy, ofNginx] = [0, 0, 0, 0];
    try {
      for (let round = 1; round <= ROUNDS; round += 1) {
        await box.configure(without.toString());
        await applied(box);
        starts.push(await measuredPreview(meter, empty));
        noops.push((await measuredUp(meter, box)).cost);
        const before = await allReloads(lab);
        await box.configure(whole);
        const { cost, resources } = await measuredUp(meter, box);
        const after = await allReloads(lab);
        ups.push(cost);
        own = resources["created"] ?? 0;
        others += changed(resources) - own;
        ofHaproxy = Math.max(ofHaproxy, most(GATEWAYS, before, after));
        ofNginx = Math.max(ofNginx, most(WEB, before, after));
        say(`round ${round} of ${ROUNDS}: ${cost.seconds.toFixed(1)} s`);
      }
    } finally {
      await box.configure(whole);
      await applied(box);
    }
    const seconds = (costs: readonly Cost[]): number[] => costs.map((cost) => cost.seconds);
    return [
      { what: "resources created, components included", value: own, unit: "count" },
      { what: "other resources touched", value: others, unit: "count", target: "0" },
      { what: "HAProxy reloads on a gateway", value: ofHaproxy, unit: "count", target: "at most 1" },
      { what: "nginx reloads on a web server", value: ofNginx, unit: "count", target: "at most 1" },
      {
        what: "wall time, end to end, beside an `up` that changes nothing",
        value: medianRatio(seconds(ups), seconds(noops)),
        unit: "x",
      },
      {
        what: "wall time, end to end, beside the engine's own start",
        value: medianRatio(seconds(ups), seconds(starts)),
        unit: "x",
      },
      { what: "for the scale: wall time, end to end", value: median(seconds(ups)), unit: "s" },
    ];
  },
};
