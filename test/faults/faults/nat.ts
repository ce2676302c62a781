/** The box's egress loses the gateway that it goes through. */
import { cutPower, switchOn } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EGRESS, flowsOut, NAT, OUT, SNAT_ADDRESS, type Scene } from "../scene.ts";

/** What every fault of the egress has in common: 200 connections that must all live on, seen from outside as one address. */
function egress(protocol: "tcp" | "udp"): Pick<Fault, "probe" | "expect" | "brokenSeconds"> {
  return {
    probe: flowsOut(protocol),
    expect: { flowGapMs: 1500, failsBack: true, source: SNAT_ADDRESS },
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
    ...egress("tcp"),
    short: true,
  }),
  fault({
    name: "nat-gateway-off-udp",
    title: "the NAT gateway's power cut under 200 UDP streams",
    vips: [NAT],
    ...powerCut,
    ...egress("udp"),
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
    title: "the power of the web server that does NAT cut under 200 TCP connections",
    vips: [EGRESS],
    ...powerCut,
    ...egress("tcp"),
  }),
];
