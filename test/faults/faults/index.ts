/** All faults, in the order of the report. */
import type { Fault } from "../fault.ts";
import { api } from "./api.ts";
import { backends } from "./backends.ts";
import { machines } from "./machines.ts";
import { nat } from "./nat.ts";
import { networks } from "./networks.ts";
import { processes } from "./processes.ts";
import { runtime } from "./runtime.ts";
import { volumes } from "./volumes.ts";

export const faults: readonly Fault[] = [
  ...processes,
  ...machines,
  ...networks,
  ...nat,
  ...backends,
  ...api,
  ...runtime,
  ...volumes,
];
