/** Machines that lose their links or their power, are drained, or boot. */
import { cutPower, onHost, setLinks, switchOn } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EDGE, WEB } from "../scene.ts";

export const machines: readonly Fault[] = [
  fault({
    name: "link-down",
    title: "the holder's cables pulled",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => setLinks(lab, holder, "down"),
    heal: ({ lab, holder }) => setLinks(lab, holder, "up"),
    expect: { outageMs: 1000, failBackMs: 500, failsBack: true },
  }),
  fault({
    name: "power-off",
    title: "the holder's power cut, and switched on again",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => cutPower(lab, holder),
    heal: ({ lab, holder }) => switchOn(lab, [holder]),
    expect: { outageMs: 1000, failBackMs: 500, failsBack: true },
  }),
  fault({
    name: "drained",
    title: "planned switch-over: keepalived stopped on the holder, and started again",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => onHost(lab, holder, "systemctl stop keepalived").then(() => undefined),
    heal: ({ lab, holder }) => onHost(lab, holder, "systemctl start keepalived").then(() => undefined),
    expect: { outageMs: 200, failBackMs: 200, failsBack: true },
    short: true,
  }),
  fault({
    name: "simultaneous-boot",
    title: "both hosts' power cut, and switched on at the same moment",
    vips: [EDGE],
    probe: WEB,
    break: async ({ lab, holder, other }) => {
      await Promise.all([cutPower(lab, holder), cutPower(lab, other)]);
    },
    heal: ({ lab, holder, other }) => switchOn(lab, [holder, other]),
    brokenSeconds: 1,
    // Nobody is served while both are off; what counts is that one of them, and one only, serves afterwards.
    expect: { failsBack: true },
  }),
];
