/** Machines that lose their links or their power, are rebooted, drained, or boot. */
import { cutPower, drain, onHost, reboot, setLinks, switchOn } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EDGE, GATE, GATEWAYS, WEB, type Scene } from "../scene.ts";

const WHEN_LOST = { outageMs: 1000, failBackMs: 500, failsBack: true };

/** Nothing is lost; where a connection must move, it is for no longer than this. */
const WHEN_PLANNED = { outageMs: 200, failBackMs: 200, failsBack: true };

const powerCut = {
  break: ({ lab, holder }: Scene) => cutPower(lab, holder),
  heal: ({ lab, holder }: Scene) => switchOn(lab, [holder]),
};

export const machines: readonly Fault[] = [
  fault({
    name: "link-down",
    title: "the holder's cables pulled",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => setLinks(lab, holder, "down"),
    heal: ({ lab, holder }) => setLinks(lab, holder, "up"),
    expect: WHEN_LOST,
  }),
  fault({
    name: "power-off",
    title: "the holder's power cut, and switched on again",
    vips: [EDGE],
    probe: WEB,
    ...powerCut,
    expect: WHEN_LOST,
  }),
  fault({
    name: "gateway-power-off",
    title: "the power of a gateway that is the holder cut, and switched on again",
    vips: [GATEWAYS],
    probe: GATE,
    ...powerCut,
    expect: WHEN_LOST,
  }),
  fault({
    name: "rebooted-at-once",
    title: "the holder's kernel reboots at once (reboot -ff)",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => reboot(lab, holder, "at once"),
    heal: ({ lab, holder }) => switchOn(lab, [holder]),
    expect: WHEN_LOST,
  }),
  fault({
    name: "rebooted-in-order",
    title: "the holder is rebooted in order (systemctl reboot)",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => reboot(lab, holder, "in order"),
    heal: ({ lab, holder }) => switchOn(lab, [holder]),
    expect: WHEN_LOST,
  }),
  fault({
    name: "drained",
    title: "planned switch-over: the holder drained, and given back",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => drain(lab, holder, "on"),
    heal: ({ lab, holder }) => drain(lab, holder, "off"),
    expect: WHEN_PLANNED,
    short: true,
  }),
  fault({
    name: "gateway-drained",
    title: "planned switch-over: a gateway that is the holder drained, and given back",
    vips: [GATEWAYS],
    probe: GATE,
    break: ({ lab, holder }) => drain(lab, holder, "on"),
    heal: ({ lab, holder }) => drain(lab, holder, "off"),
    expect: WHEN_PLANNED,
  }),
  fault({
    name: "keepalived-stopped",
    title: "planned switch-over: keepalived stopped on the holder, and started again",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => onHost(lab, holder, "systemctl stop keepalived").then(() => undefined),
    heal: ({ lab, holder }) => onHost(lab, holder, "systemctl start keepalived").then(() => undefined),
    expect: WHEN_PLANNED,
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
