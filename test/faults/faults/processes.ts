/** Processes of the holder that die or freeze. */
import { signalService } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EDGE, SERVICE, WEB } from "../scene.ts";

/** The gateway whose HAProxy is hit; every gateway is like every other. */
const GATEWAY = "gateway-1";

export const processes: readonly Fault[] = [
  fault({
    name: "nginx-killed",
    title: "nginx killed (-9) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => signalService(lab, holder, "nginx", "KILL"),
    expect: { outageMs: 500, failBackMs: 500 },
    short: true,
  }),
  fault({
    name: "keepalived-killed",
    title: "keepalived killed (-9) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => signalService(lab, holder, "keepalived", "KILL"),
    expect: { outageMs: 500, failBackMs: 500 },
    short: true,
  }),
  fault({
    name: "both-killed",
    title: "nginx and keepalived killed (-9) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => signalService(lab, holder, "nginx keepalived", "KILL"),
    expect: { outageMs: 500, failBackMs: 500 },
  }),
  fault({
    name: "haproxy-killed",
    title: "HAProxy killed (-9) on a gateway",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY],
    break: ({ lab }) => signalService(lab, GATEWAY, "haproxy", "KILL"),
    expect: { outageMs: 500, failBackMs: 500 },
  }),
  fault({
    name: "nginx-frozen",
    title: "nginx frozen (STOP) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => signalService(lab, holder, "nginx", "STOP"),
    heal: ({ lab, holder }) => signalService(lab, holder, "nginx", "CONT"),
    brokenSeconds: 5,
    expect: { outageMs: 1500, failBackMs: 500, oneAnswersWithinMs: 2000 },
  }),
  fault({
    name: "keepalived-frozen",
    title: "keepalived frozen (STOP) on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => signalService(lab, holder, "keepalived", "STOP"),
    heal: ({ lab, holder }) => signalService(lab, holder, "keepalived", "CONT"),
    brokenSeconds: 5,
    expect: { outageMs: 1500, failBackMs: 500, oneAnswersWithinMs: 2000 },
  }),
  fault({
    name: "haproxy-frozen",
    title: "HAProxy frozen (STOP) on a gateway",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY],
    break: ({ lab }) => signalService(lab, GATEWAY, "haproxy", "STOP"),
    heal: ({ lab }) => signalService(lab, GATEWAY, "haproxy", "CONT"),
    brokenSeconds: 5,
    expect: { outageMs: 1500, failBackMs: 500 },
  }),
];
