#!/usr/bin/env node
import { hideBin } from "yargs/helpers";
import { commandLine } from "./commandLine.ts";
import { commands } from "./commands.ts";

/** `gatebox`. */
await commandLine(hideBin(process.argv), commands);
