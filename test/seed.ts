import { execFileSync } from "node:child_process";
import fc from "fast-check";

/**
 * What generated inputs begin with: another for each commit, so that new ones are tried all the time, and the same for all runs
 * of a commit, so that a run that passed says what the next one does. $GATEBOX_TEST_SEED chooses one; without git each run
 * has its own.
 */
function seedOfThisCommit(): number | undefined {
  const chosen = process.env.GATEBOX_TEST_SEED;
  if (chosen !== undefined) return Number(chosen);
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Number.parseInt(commit.slice(0, 7), 16);
  } catch {
    return undefined;
  }
}

const seed = seedOfThisCommit();
if (seed !== undefined) fc.configureGlobal({ seed });
