import { fine, warning, wrong, type Finding } from "../finding.ts";

/** Seconds that clocks may differ by: certificates, logs and conntrackd's peers are at odds beyond that. */
const MOST_SECONDS = 5;

/** When a host was asked for its clock, and what it has said; in seconds since 1970. */
export interface ClockReading {
  readonly sent: number;
  readonly received: number;
  /** The host's own clock, some time between the two. */
  readonly host: number;
}

/**
 * The offset of a host's clock from this machine's. The host has read its clock at some time between question and answer, so
 * the offset lies in a range, and nothing is said that does not hold for all of it.
 */
export function clockFinding({ sent, received, host }: ClockReading): Finding {
  const least = host - received;
  const most = host - sent;
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (size <= MOST_SECONDS) return fine("clock", `clock within ${Math.max(0.1, size).toFixed(1)} s`);
  if (least <= MOST_SECONDS && most >= -MOST_SECONDS) {
    const message = `could not be compared: the answer took ${(received - sent).toFixed(1)} s`;
    return warning("clock", message, "look at the host's load, and ask again");
  }
  const middle = (least + most) / 2;
  const by = `${duration(Math.abs(middle))} ${middle < 0 ? "behind" : "ahead of"} this machine's`;
  const accuracy = ((most - least) / 2).toFixed(1);
  const hint = "set it there, or here if all hosts say so: timedatectl set-ntp true";
  return wrong("clock", `is ${by} (± ${accuracy} s)`, hint);
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} minutes`;
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)} hours`;
  return `${(seconds / 86_400).toFixed(0)} days`;
}
