#!/usr/bin/env node
import { hideBin } from "yargs/helpers";
import { commandLine } from "./commandLine.ts";
import { checkCommand } from "./check.ts";
import { doctorCommand } from "./doctor.ts";
import { importCommand } from "./import.ts";
import { initCommand } from "./init.ts";
import { pictureCommand } from "./picture.ts";
import { renderCommand } from "./render.ts";
import { schemaCommand } from "./schema.ts";

/** `gatebox`: one command a file, in the order of `--help`. */
await commandLine(hideBin(process.argv), [
  initCommand,
  importCommand,
  checkCommand,
  renderCommand,
  pictureCommand,
  doctorCommand,
  schemaCommand,
]);
