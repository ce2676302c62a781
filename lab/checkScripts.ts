/** `shellcheck` on every script of the project, as `npm run check` runs it. */
import { globSync } from "node:fs";
import path from "node:path";
import { run } from "./run.ts";

const project = path.resolve(import.meta.dirname, "..");
const scripts = globSync("**/*.sh", { cwd: project, exclude: ["node_modules", "dist", "coverage"] }).sort();
const options = ["--external-sources", "--source-path=SCRIPTDIR", "--shell=sh"];
const answer = await run("shellcheck", [...options, ...scripts], { cwd: project, timeoutSeconds: 120 }).catch(
  () => undefined,
);
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
