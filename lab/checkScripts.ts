/** `shellcheck` on every script of the project, and Perl's own look at those that it runs, as `npm run check` does. */
import { globSync } from "node:fs";
import path from "node:path";
import { run } from "./run.ts";

const project = path.resolve(import.meta.dirname, "..");
const found = (pattern: string): string[] =>
  globSync(pattern, { cwd: project, exclude: ["node_modules", "dist", "coverage"] }).sort();
const scripts = found("**/*.sh");
const programs = found("**/*.pl");
const options = ["--external-sources", "--source-path=SCRIPTDIR", "--shell=sh"];
const ran = async (program: string, ...args: string[]) =>
  run(program, args, { cwd: project, timeoutSeconds: 120 }).catch(() => undefined);

const answer = await ran("shellcheck", ...options, ...scripts);
if (answer === undefined) {
  console.error("shellcheck is missing: apt-get install shellcheck (macOS: brew install shellcheck)");
  process.exitCode = 2;
} else {
  process.stdout.write(`${answer.stdout}${answer.stderr}`);
  console.log(
    answer.code === 0 ? `All ${scripts.length} scripts pass shellcheck.` : "shellcheck finds fault, see above.",
  );
  process.exitCode = answer.code;
}
for (const program of programs) {
  const looked = await ran("perl", "-wc", program);
  console.log(looked?.stderr.trimEnd() ?? "perl is missing");
  if (looked?.code !== 0) process.exitCode = 1;
}
