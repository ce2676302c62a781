import { execFileSync } from "node:child_process";
import path from "node:path";

/** A commit, and the folder of the working tree that paths are relative to. */
export interface Commit {
  readonly folder: string;
  /** As the person has named it. */
  readonly ref: string;
  readonly hash: string;
}

/** Why git does not give what is asked for. */
export class GitError extends Error {}

/** Seconds; git reads one object of its own store. */
const timeLimit = 60;

/**
 * Finds a commit.
 *
 * @param folder any folder of the working tree
 * @throws GitError in plain words when there is none of that name.
 */
export function commitOf(folder: string, ref: string): Commit {
  const answer = git(folder, ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`]);
  if (answer.text !== undefined) return { folder, ref, hash: answer.text.trim() };
  if (/not a git repository/.test(answer.complaint)) throw new GitError(`${folder} is in no git repository`);
  throw new GitError(`"${ref}" is neither a commit, branch or tag nor a folder that render has made`);
}

/**
 * A file as it was in a commit; undefined where it was not there.
 *
 * @param file relative to the commit's folder
 */
export function fileAt({ folder, hash }: Commit, file: string): string | undefined {
  return git(folder, ["cat-file", "blob", `${hash}:./${path.normalize(file)}`]).text;
}

function git(folder: string, args: readonly string[]): { readonly text?: string; readonly complaint: string } {
  try {
    const text = execFileSync("git", ["-C", folder, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeLimit * 1000,
      maxBuffer: 2 ** 26,
      env: { ...process.env, LC_ALL: "C" },
    });
    return { text, complaint: "" };
  } catch (error) {
    const { code, status, stderr } = error as { code?: string; status?: number | null; stderr?: string };
    if (code === "ENOENT") throw new GitError("there is no git on this machine");
    if (typeof status !== "number") throw new GitError(`git has not answered in ${timeLimit} seconds`);
    return { complaint: stderr ?? "" };
  }
}
