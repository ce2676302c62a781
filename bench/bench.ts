/** The lab that figures are measured on: one of the benchmarks' own, so that a box in use neither disturbs nor suffers. */
import path from "node:path";
import { protoboxOf } from "../lab/absentHosts.ts";
import { bringUpBox } from "../lab/box.ts";
import { takeDown } from "../lab/down.ts";
import { openStack, project, type LabStack } from "../lab/stack.ts";
import { labNamed, readRecord } from "../lab/state.ts";
import type { Bench } from "./figure.ts";
import { openMeter } from "./meter.ts";
import { applied } from "./pulumi.ts";

/** A bench that is opened when the first figure asks for it. */
export interface Opener {
  open(): Promise<Bench>;
  /** Takes down the lab, unless it was up before. */
  close(): Promise<void>;
}

/** @param name of the lab; one that is up already is used and left up. */
export function benchOn(name: string): Opener {
  const lab = labNamed(name);
  let opened: Promise<Bench> | undefined;
  let wasUp = true;
  const begin = async (): Promise<Bench> => {
    wasUp = (await readRecord(lab)) !== undefined;
    const toolchain = await bringUpBox(lab, {});
    const meter = await openMeter(lab);
    const box = await openStack(meter.home, toolchain, { name: "protobox", configuration: await protoboxOf(lab) });
    const empty = await openEmpty();
    await applied(box);
    await applied(empty);
    return { lab, toolchain, meter, box, empty };

    function openEmpty(): Promise<LabStack> {
      const program = path.join(project, "bench/programs/empty");
      return openStack(meter.home, toolchain, { name: "bench", program, configuration: "config: {}\n" });
    }
  };
  return {
    open: () => (opened ??= begin()),
    close: async () => {
      if (opened === undefined) return;
      await opened.then(({ meter }) => meter.close()).catch(() => undefined);
      if (!wasUp) await takeDown(lab);
    },
  };
}
