import { CONFIGURED, journalPlaces, sshConnections } from "../../test/e2e/world.ts";
import type { Figure } from "../figure.ts";
import { changed, measuredPreview, measuredUp } from "../pulumi.ts";
import type { Cost } from "../meter.ts";
import { median, medianRatio } from "../sample.ts";

const ROUNDS = 5;

/** Every host that Pulumi could have a reason to connect to. */

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export const noop: Figure = {
  name: "noop",
  title: "`pulumi up` when nothing has changed",
  how: `The whole Protobox, applied before. ${ROUNDS} rounds, in each of them a preview of an empty program (the engine's own start), an \`up\` of the empty program and an \`up\` of the box. SSH connections are counted by the hosts' own sshd, over all rounds.`,
  onLab: true,
  measure: async (open, say) => {
    const { lab, meter, box, empty } = await open();
    const starts: Cost[] = [];
    const empties: Cost[] = [];
    const ups: Cost[] = [];
    let touched = 0;
    let unchanged = 0;
    const places = await journalPlaces(lab, CONFIGURED);
    for (let round = 1; round <= ROUNDS; round += 1) {
      starts.push(await measuredPreview(meter, empty));
      empties.push((await measuredUp(meter, empty)).cost);
      const { cost, resources } = await measuredUp(meter, box);
      ups.push(cost);
      touched += changed(resources);
      unchanged = resources["unchanged"] ?? 0;
      say(`round ${round} of ${ROUNDS}: ${cost.seconds.toFixed(1)} s`);
    }
    const connections = total(await sshConnections(lab, places));
    const seconds = (costs: readonly Cost[]): number[] => costs.map((cost) => cost.seconds);
    const cpu = (costs: readonly Cost[]): number[] => costs.map((cost) => cost.cpuSeconds);
    return [
      { what: "resources changed", value: touched, unit: "count", target: "0" },
      { what: "resources left as they were", value: unchanged, unit: "count" },
      { what: "SSH connections that the hosts saw", value: connections, unit: "count", target: "0" },
      { what: "wall time beside the engine's own start", value: medianRatio(seconds(ups), seconds(starts)), unit: "x" },
      { what: "processor time beside the engine's own start", value: medianRatio(cpu(ups), cpu(starts)), unit: "x" },
      {
        what: "wall time beside an `up` of the empty program",
        value: medianRatio(seconds(ups), seconds(empties)),
        unit: "x",
      },
      { what: "for the scale: the engine's own start, wall time", value: median(seconds(starts)), unit: "s" },
      { what: "for the scale: the engine's own start, processor time", value: median(cpu(starts)), unit: "s" },
    ];
  },
};
