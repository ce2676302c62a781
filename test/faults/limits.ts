/** How long a fault may take before it has hung. Pure. */
import { BOOT_SECONDS } from "../../lab/hosts/boot.ts";
import type { Ablation } from "./ablations/ablation.ts";
import { BREAKING_SECONDS, SCRIPT_SECONDS, WHOLE_BOOT_SECONDS } from "./breaking.ts";
import type { Fault } from "./fault.ts";
import { BROKEN_SECONDS } from "./happen.ts";
import { BEGIN_SECONDS, STOP_SECONDS } from "./probe/program.ts";
import { HEALED_SECONDS, SETTLE_SECONDS } from "./record.ts";

/** Seconds for what has no limit of its own and takes a part of one: sleeps of the suite's own, writing the report. */
const REST_SECONDS = 30;

/** The limits of a fault's steps, in seconds. Each step ends by itself before its own; mocha would only stop looking. */
export function stepsOf({
  brokenSeconds = BROKEN_SECONDS,
  healedSeconds = HEALED_SECONDS,
  turns = 1,
  moreSeconds = 0,
}: Fault): readonly number[] {
  // The far end of flows, the watches over the addresses, the prober.
  const programs = 3;
  return [
    WHOLE_BOOT_SECONDS + SCRIPT_SECONDS,
    programs * (BEGIN_SECONDS + STOP_SECONDS),
    // Before it is broken, and after the healing.
    2 * SETTLE_SECONDS,
    turns * BREAKING_SECONDS,
    brokenSeconds,
    // A host that was off is switched on, and SSH has its own limit for one attempt more.
    BREAKING_SECONDS + BOOT_SECONDS + moreSeconds,
    healedSeconds,
    REST_SECONDS,
  ];
}

/** Milliseconds that mocha gives a fault: it may be measured twice. */
export function limitOf(fault: Fault): number {
  return 2 * recordSeconds(fault) * 1000;
}

/**
 * The same without its mechanism, which is taken away before, host by host, and restored on all hosts at once, that may have to
 * boot, both times.
 */
export function limitWithout(
  fault: Fault,
  { hosts, remove, restore }: Pick<Ablation, "hosts" | "remove" | "restore">,
): number {
  const removing = hosts.length * remove.length * SCRIPT_SECONDS;
  const restoring = BREAKING_SECONDS + BOOT_SECONDS + restore.length * SCRIPT_SECONDS;
  return 2 * (removing + recordSeconds(fault) + restoring) * 1000;
}

function recordSeconds(fault: Fault): number {
  return stepsOf(fault).reduce((sum, seconds) => sum + seconds, 0);
}
