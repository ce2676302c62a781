import { faults } from "./faults/index.ts";
import { describeFaults } from "./run.ts";

describeFaults(faults);
