/** Runs the script of `gatebox verify` on a host that is only a directory, beside programs of the test. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { parseAnswer, type Answer } from "../../../cli/verify/answer.ts";
import { questionFor } from "../../../cli/verify/question.ts";

/** As the declaration has it. */
export function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * What a host answers.
 *
 * @param root the directory that the host is
 * @param lines its declaration
 * @param programs a directory that goes before all others
 */
export function ask(root: string, lines: readonly string[], programs: string): Answer {
  const env = { PATH: `${programs}:${process.env["PATH"] ?? ""}`, GATEBOX_ROOT: root };
  const { stdout, stderr } = spawnSync("perl", ["-"], { input: questionFor(lines), env, encoding: "utf8" });
  assert.equal(stderr, "");
  const answer = parseAnswer(stdout);
  assert.ok(answer?.whole, stdout);
  return answer;
}

/** Differences as lines, for comparing: `KIND WHERE PROBLEM DETAIL`. */
export function driftLines({ drifts }: Answer): string[] {
  return drifts.map(({ kind, where, problem, detail }) => [kind, where, problem, detail].join(" ").trim());
}
