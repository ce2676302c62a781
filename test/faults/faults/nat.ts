/** The box's way out loses the gateway that it goes through. */
import { cutPower, switchOn } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EGRESS, flowsOut, NAT, OUT, WAY_OUT, type Scene } from "../scene.ts";

/** What every fault of the way out has in common: 200 connections that must all live on, seen from outside as one address. */
function wayOut(protocol: "tcp" | "udp"): Pick<Fault, "probe" | "expect" | "brokenSeconds"> {
  return {
    probe: flowsOut(protocol),
    expect: { flowGapMs: 1500, failsBack: true, source: WAY_OUT },
    brokenSeconds: 5,
  };
}

const powerCut = {
  break: ({ lab, holder }: Scene) => cutPower(lab, holder),
  heal: ({ lab, holder }: Scene) => switchOn(lab, [holder]),
};

export const nat: readonly Fault[] = [
  fault({
    name: "nat-gateway-off-tcp",
    title: "the NAT gateway's power cut under 200 TCP connections",
    vips: [NAT],
    ...powerCut,
    ...wayOut("tcp"),
    short: true,
  }),
  fault({
    name: "nat-gateway-off-udp",
    title: "the NAT gateway's power cut under 200 UDP streams",
    vips: [NAT],
    ...powerCut,
    ...wayOut("udp"),
  }),
  fault({
    name: "nat-gateway-off-new",
    title: "the NAT gateway's power cut while connections are made",
    vips: [NAT],
    probe: OUT,
    ...powerCut,
    expect: { outageMs: 1000, failBackMs: 500, failsBack: true },
  }),
  fault({
    name: "egress-off-tcp",
    title: "the power of the web server on the way out cut under 200 TCP connections",
    vips: [EGRESS],
    ...powerCut,
    ...wayOut("tcp"),
  }),
];
