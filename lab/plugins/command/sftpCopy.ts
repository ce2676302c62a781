/** Copies to a host by SFTP. New files get mode 0644 less the server's umask; existing ones keep theirs. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import type { Client, SFTPWrapper } from "ssh2";
import { systemReason } from "./goText.ts";

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02, section 7) in the words of Go's SFTP client. */
const reasons: Record<number, string> = {
  2: "file does not exist",
  3: "permission denied",
  4: 'sftp: "Failure" (SSH_FX_FAILURE)',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as Error & { code?: number | string };
  return reasons[Number(code)] ?? (typeof code === "string" ? systemReason(error) : `sftp: ${message}`);
}

/** The SFTP operations used here, as promises. */
class Files {
  readonly #sftp: SFTPWrapper;

  constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
  }

  /** `directory`, `file`, or undefined if there is nothing. */
  async kind(path: string): Promise<"directory" | "file" | undefined> {
    const lookUp = promisify(this.#sftp.stat.bind(this.#sftp));
    const found = await lookUp(path).catch(() => undefined);
    if (found === undefined) return undefined;
    return found.isDirectory() ? "directory" : "file";
  }

  makeDirectory(path: string): Promise<void> {
    return new Promise((made, failed) => this.#sftp.mkdir(path, (error) => (error ? failed(error) : made())));
  }

  async makeDirectories(path: string): Promise<void> {
    const kind = await this.kind(path);
    if (kind === "directory") return;
    if (kind === "file") throw new Error(`mkdir ${path}: not a directory`);
    const parent = posix.dirname(path);
    if (parent !== path) await this.makeDirectories(parent);
    await this.makeDirectory(path).catch((error: unknown) => {
      throw new Error(`mkdir ${path}: ${reasonOf(error)}`);
    });
  }

  async makeParents(path: string): Promise<void> {
    // Of a path with a trailing slash everything before it is the parent.
    const parent = posix.normalize(path.slice(0, path.lastIndexOf("/") + 1) || ".");
    const bare = parent.length > 1 ? parent.replace(/\/$/, "") : parent;
    await this.makeDirectories(bare).catch((error: unknown) => {
      throw new Error(`failed to create parent directories for ${path}: ${(error as Error).message}`);
    });
  }

  async write(path: string, content: Readable): Promise<void> {
    const open = promisify((done: (error: Error | undefined, handle: Buffer) => void) =>
      this.#sftp.open(path, "w", done),
    );
    const handle = await open().catch((error: unknown) => {
      throw new Error(`failed to create remote file ${path}: ${reasonOf(error)}`);
    });
    await pipeline(content, this.#sftp.createWriteStream(path, { handle, autoClose: true }));
  }
}

async function openFiles(client: Client): Promise<Files> {
  return new Files(await promisify(client.sftp.bind(client))());
}

async function putFile(files: Files, localPath: string, remotePath: string): Promise<void> {
  const isDirectory = (await files.kind(remotePath)) === "directory";
  const target = isDirectory ? posix.join(remotePath, basename(localPath)) : remotePath;
  if (!isDirectory) await files.makeParents(target);
  await files.write(target, createReadStream(localPath));
}

async function putDirectory(files: Files, localPath: string, remotePath: string): Promise<void> {
  if ((await files.kind(remotePath)) !== "directory")
    await files.makeDirectory(remotePath).catch((error: unknown) => {
      throw new Error(`failed to create remote directory ${remotePath}: ${reasonOf(error)}`);
    });
  for (const name of (await readdir(localPath)).sort()) {
    const [from, to] = [join(localPath, name), posix.join(remotePath, name)];
    if ((await stat(from)).isDirectory()) await putDirectory(files, from, to);
    else await files.write(to, createReadStream(from));
  }
}

/**
 * Copies a file or directory, following links. A file goes into `remotePath` if that is a directory; a directory `dir`
 * goes to `remotePath/dir`, `dir/` to `remotePath` itself.
 */
export async function putPath(client: Client, localPath: string, remotePath: string): Promise<void> {
  const found = await stat(localPath).catch((error: unknown) => {
    throw new Error(`open ${localPath}: ${systemReason(error)}`);
  });
  const files = await openFiles(client);
  if (!found.isDirectory()) return putFile(files, localPath, remotePath);
  const kind = await files.kind(remotePath);
  if (kind === undefined) await files.makeDirectories(remotePath);
  const target = localPath.endsWith("/") ? remotePath : posix.join(remotePath, basename(localPath));
  await putDirectory(files, localPath, target);
}

/** Writes a text to a file. */
export async function putText(client: Client, text: string, remotePath: string): Promise<void> {
  const files = await openFiles(client);
  if ((await files.kind(remotePath)) === "directory")
    throw new Error(
      `remote path ${remotePath} is a directory; when using a text asset, remotePath must be a file path`,
    );
  await files.makeParents(remotePath);
  await files.write(remotePath, Readable.from([Buffer.from(text)]));
}
