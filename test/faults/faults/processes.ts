/** Processes of the holder that die or freeze. */
import { onHost, signalService } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EDGE, GATE, GATEWAYS, SERVICE, WEB, type Scene } from "../scene.ts";

/** A gateway that does not hold the gateways' own address; every gateway is like every other. */
const GATEWAY = "gateway-1";

/** Sends a signal to all processes of services on the holder. */
export function toHolder(services: string, signal: "KILL" | "STOP" | "CONT"): (scene: Scene) => Promise<void> {
  return ({ lab, holder }) => signalService(lab, holder, services, signal);
}

/** Stopped, noticed, healed again. */
export function frozen(service: string): Pick<Fault, "break" | "heal" | "brokenSeconds" | "expect"> {
  return {
    break: toHolder(service, "STOP"),
    // Whoever was frozen may have been killed and started anew meanwhile.
    heal: async ({ lab, holder }) => {
      await onHost(
        lab,
        holder,
        `systemctl kill --kill-whom=all --signal=CONT ${service} || systemctl start ${service}`,
      );
    },
    // Healed before the watch over frozen programs is sure of it, which takes five: this is about the address.
    brokenSeconds: 4,
    expect: { outageMs: 1500, failBackMs: 500, oneAnswersWithinMs: 2000 },
  };
}

/** When the last request was lost, from the moment of the fault on. */
function lostUntil(bound: number): Required<Pick<Fault, "afterwards">> {
  return {
    afterwards: (_scene, { answers, brokenAt }) => {
      const lost = answers.filter(({ ok, sentAt }) => !ok && sentAt >= brokenAt);
      const value = Math.max(0, ...lost.map(({ endedAt }) => endedAt - brokenAt));
      return Promise.resolve([{ what: "until the last request was lost", value, unit: "ms", bound }]);
    },
  };
}

export const WHEN_KILLED = { outageMs: 500, failBackMs: 500 };

export const processes: readonly Fault[] = [
  fault({
    name: "nginx-killed",
    title: "nginx killed (-9) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: toHolder("nginx", "KILL"),
    expect: WHEN_KILLED,
    short: true,
  }),
  fault({
    name: "haproxy-killed",
    title: "HAProxy killed (-9) on the holder",
    vips: [GATEWAYS],
    probe: GATE,
    break: toHolder("haproxy", "KILL"),
    expect: WHEN_KILLED,
    short: true,
  }),
  fault({
    name: "keepalived-killed",
    title: "keepalived killed (-9) on the holder, a web server",
    vips: [EDGE],
    probe: WEB,
    break: toHolder("keepalived", "KILL"),
    expect: WHEN_KILLED,
    short: true,
  }),
  fault({
    name: "gateway-keepalived-killed",
    title: "keepalived killed (-9) on the holder, a gateway",
    vips: [GATEWAYS],
    probe: GATE,
    break: toHolder("keepalived", "KILL"),
    expect: WHEN_KILLED,
  }),
  fault({
    name: "both-killed",
    title: "nginx and keepalived killed (-9) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: toHolder("nginx keepalived", "KILL"),
    expect: WHEN_KILLED,
  }),
  fault({
    name: "haproxy-killed-behind",
    title: "HAProxy killed (-9) on a gateway behind the web servers",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY],
    break: ({ lab }) => signalService(lab, GATEWAY, "haproxy", "KILL"),
    expect: WHEN_KILLED,
  }),
  fault({
    name: "nginx-frozen",
    title: "nginx frozen (STOP) on the holder",
    vips: [EDGE],
    probe: WEB,
    ...frozen("nginx"),
    short: true,
  }),
  fault({
    name: "haproxy-frozen",
    title: "HAProxy frozen (STOP) on the holder",
    vips: [GATEWAYS],
    probe: GATE,
    ...frozen("haproxy"),
  }),
  fault({
    name: "keepalived-frozen",
    title: "keepalived frozen (STOP) on the holder, a web server",
    vips: [EDGE],
    probe: WEB,
    ...frozen("keepalived"),
  }),
  fault({
    name: "gateway-keepalived-frozen",
    title: "keepalived frozen (STOP) on the holder, a gateway",
    vips: [GATEWAYS],
    probe: GATE,
    ...frozen("keepalived"),
  }),
  fault({
    name: "haproxy-frozen-behind",
    title: "HAProxy frozen (STOP) on a gateway behind the web servers",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY],
    break: ({ lab }) => signalService(lab, GATEWAY, "haproxy", "STOP"),
    heal: ({ lab }) => signalService(lab, GATEWAY, "haproxy", "CONT"),
    brokenSeconds: 15,
    // Its kernel takes connections, and its third of the requests waits until the watch is sure of it, six seconds at most, and has
    // it refused and killed. Some of these have waited too long to be repeated; none that is asked later waits for it.
    ...lostUntil(9000),
    expect: { outageMs: 1500, failBackMs: 500 },
  }),
];
