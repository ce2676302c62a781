/** Networks that lose messages, and addresses that somebody takes away. */
import { dropIncoming, dropNothing, onHost, part } from "../breaking.ts";
import { hostNamed } from "../../../lab/inventory.ts";
import { fault, type Fault } from "../fault.ts";
import { EDGE, WEB } from "../scene.ts";

export const networks: readonly Fault[] = [
  fault({
    name: "one-way-vrrp-loss",
    title: "the holder's VRRP messages do not reach the other host",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder, other }) => {
      const { [EDGE.network]: address = "" } = hostNamed(holder).addresses;
      return dropIncoming(lab, other, `ip saddr ${address} ip protocol vrrp`);
    },
    heal: ({ lab, other }) => dropNothing(lab, other),
    expect: { failBackMs: 500, failsBack: true },
  }),
  fault({
    name: "partition",
    title: "the two hosts cannot reach each other, users reach both",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder, other }) => part(lab, [holder, other], "on"),
    heal: ({ lab, holder, other }) => part(lab, [holder, other], "off"),
    expect: { failBackMs: 500, failsBack: true },
  }),
  fault({
    name: "address-deleted",
    title: "the address deleted by hand on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => {
      const own = `ip -4 -o address show dev ${EDGE.network} | grep -o '${EDGE.address}/[0-9]*'`;
      return onHost(lab, holder, `ip address delete "$(${own})" dev ${EDGE.network}`).then(() => undefined);
    },
    expect: { outageMs: 1000, failBackMs: 500 },
    short: true,
  }),
  fault({
    name: "networkd-restarted",
    title: "systemd-networkd restarted on the holder",
    vips: [EDGE],
    probe: WEB,
    break: ({ lab, holder }) => onHost(lab, holder, "systemctl restart systemd-networkd").then(() => undefined),
    expect: { outageMs: 1000, failBackMs: 500 },
  }),
];
