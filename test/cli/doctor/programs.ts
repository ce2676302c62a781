import { writeFileSync } from "node:fs";

/** Puts a program of one line of shell somewhere. */
export function writeProgram(place: string, line: string): void {
  writeFileSync(place, ["#!/bin/sh", line, ""].join("\n"), { mode: 0o755 });
}
