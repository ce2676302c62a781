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
  for (;;) {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const before = await stat(directory);
    const release = await take(directory, timeoutSeconds);
    try {
      const after = await stat(directory).catch(() => undefined);
      if (after?.ino === before.ino) {
        return await action();
      }
    } finally {
      await release();
    }
  }
}

/** flock(1) holds the lock for as long as its `cat` waits for the end of our pipe. */
async function take(directory: string, timeoutSeconds: number): Promise<() => Promise<void>> {
  const args = ["--exclusive", "--wait", String(timeoutSeconds), directory, "sh", "-c", "echo locked; exec cat"];
  const holder = spawn("flock", args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const closed = once(holder, "close");
  const taken = await Promise.race([once(holder.stdout, "data").then(() => true), closed.then(() => false)]);
  if (!taken) {
    throw new Error(`${directory} is still in use by another run after ${timeoutSeconds} s; wait for it to end`);
  }
  return async () => {
    holder.stdin.end();
    await closed;
  };
}
