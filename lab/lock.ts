/** Locks between processes of one machine. The kernel drops a lock with its holder, so a crash leaves none behind. */
import { spawn } from "node:child_process";
import { mkdir, stat } from "node:fs/promises";
import { once } from "node:events";

/**
 * Runs `action` while no other process holds the lock of `directory`. The directory is made if it is missing, and
 * may be removed by the action: whoever waited then makes it again.
 *
 * @param timeoutSeconds how long to wait for another holder
 * @throws when the lock is still held after that time
 * @example
 * await withLock("/var/lib/gatebox-lab/protobox", 60, () => bringUp(lab));
 */
export async function withLock<T>(directory: string, timeoutSeconds: number, action: () => Promise<T>): Promise<T> {
  for (let removed = 0; ;) {
    const before = await madeDirectory(directory, removed < REMOVED_MOST);
    if (before === undefined) {
      removed++;
      continue;
    }
    const release = await take(directory, timeoutSeconds);
    try {
      // Whoever had it before has removed it: what is locked is not the directory that others see.
      if ((await identityOf(directory).catch(() => undefined)) !== before) continue;
      if (release === undefined) throw new Error(`${directory} cannot be locked: flock(1) does not open it`);
      return await action();
    } finally {
      await release?.();
    }
  }
}

/** Which directory it is: one that is made anew may have the number of the one before. */
async function identityOf(directory: string): Promise<string> {
  const { ino, birthtimeNs } = await stat(directory, { bigint: true });
  return `${ino} ${birthtimeNs}`;
}

/** How often a directory may be gone while it is being made: where it always is, it cannot be made at all. */
const REMOVED_MOST = 100;

/**
 * The identity of the directory, made where it is missing; undefined where it was removed in that moment.
 *
 * @param mayBeRemoved whether that is still believed
 */
async function madeDirectory(directory: string, mayBeRemoved: boolean): Promise<string | undefined> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    return await identityOf(directory);
  } catch (error) {
    // Node finds it there, looks what it is, and then it is gone.
    const isThere = await stat(directory).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    if (mayBeRemoved && isThere?.isDirectory() !== false && (code === "EEXIST" || code === "ENOENT")) return undefined;
    throw error;
  }
}

/** With which flock(1) ends where the time is up; another status means that it could not open the directory. */
const TIME_IS_UP = 75;

/**
 * flock(1) holds the lock for as long as its `cat` waits for the end of our pipe.
 *
 * @returns what gives it back; undefined where there was nothing to lock
 */
async function take(directory: string, timeoutSeconds: number): Promise<(() => Promise<void>) | undefined> {
  const wait = ["--exclusive", "--wait", String(timeoutSeconds), "--conflict-exit-code", String(TIME_IS_UP)];
  // By its dot: where the directory was removed in this moment, flock(1) would make a file of its name.
  const args = [...wait, `${directory}/.`, "sh", "-c", "echo locked; exec cat"];
  const holder = spawn("flock", args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const closed = once(holder, "close");
  const taken = await Promise.race([once(holder.stdout, "data").then(() => true), closed.then(() => false)]);
  if (!taken) {
    if (holder.exitCode !== TIME_IS_UP) return undefined;
    throw new Error(`${directory} is still in use by another run after ${timeoutSeconds} s; wait for it to end`);
  }
  return async () => {
    holder.stdin.end();
    await closed;
  };
}
