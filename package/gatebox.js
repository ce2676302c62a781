#!/usr/bin/env node
// The command `gatebox`: an old Node is told so before it meets what it could not read.
import "./checkNode.cjs";

await import("./cli/main.js");
