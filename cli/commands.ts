import type { commandLine } from "./commandLine.ts";
import { checkCommand } from "./check.ts";
import { doctorCommand } from "./doctor.ts";
import { drainCommand } from "./drain.ts";
import { forgetCommand } from "./forget.ts";
import { importCommand } from "./import.ts";
import { initCommand } from "./init.ts";
import { pictureCommand } from "./picture.ts";
import { rebootCommand } from "./reboot.ts";
import { renderCommand } from "./render.ts";
import { reviewCommand } from "./review.ts";
import { schemaCommand } from "./schema.ts";
import { statusCommand } from "./status.ts";
import { undrainCommand } from "./undrain.ts";
import { verifyCommandModule } from "./verify.ts";

/** What `gatebox` can: one command a file, in the order of `--help`. */
export const commands: Parameters<typeof commandLine>[1] = [
  initCommand,
  importCommand,
  checkCommand,
  renderCommand,
  reviewCommand,
  pictureCommand,
  doctorCommand,
  statusCommand,
  verifyCommandModule,
  drainCommand,
  undrainCommand,
  rebootCommand,
  forgetCommand,
  schemaCommand,
];
