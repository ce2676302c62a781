/** What `npm start` shows where no lab can be built: the rendered files and the preview, which need neither root nor hosts. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { writeRendered } from "./rendered.ts";
import { run } from "./run.ts";
import { openStack, project, stackFile } from "./stack.ts";
import { prepareToolchain } from "./toolchain/index.ts";

const stackName = "protobox";

/** A public host key in SSH's form that belongs to no machine: enough for a preview, which connects to none. */
function throwAwayHostKey(): string {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const field = (content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  const blob = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(Buffer.from(x, "base64url"))]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

async function throwAwayKnownHosts(directory: string): Promise<string> {
  const { config } = parse(await stackFile(project, stackName)) as { config: Record<string, object> };
  const file = path.join(directory, "known_hosts");
  const lines = Object.keys(config["gatebox:hosts"] ?? {}).map((host) => `${host} ${throwAwayHostKey()}\n`);
  await writeFile(file, lines.join(""));
  return file;
}

/**
 * Says why there is no lab here, then shows what the box would be: each host's files below `rendered/`, and the engine's
 * own preview, with host keys made up on the spot.
 *
 * @returns the exit status: 0 when the preview went through
 */
export async function showElsewhere(reason: string): Promise<number> {
  console.log(`${reason}\n\nShown instead: what the stack ${stackName} would make.\n`);
  const directory = await mkdtemp(path.join(tmpdir(), "gatebox-preview-"));
  try {
    process.env["GATEBOX_KNOWN_HOSTS"] = await throwAwayKnownHosts(directory);
    const { files, hosts } = await writeRendered(stackName, path.join(project, "rendered"));
    console.log(`rendered/: ${files} files of ${hosts} hosts, as they would stand in /etc/gatebox on each\n`);
    const toolchain = await prepareToolchain({ kubernetes: false });
    const home = {
      directory,
      run: (command: string, args: readonly string[], options: Parameters<typeof run>[2]) =>
        run(command, args, { ...options, env: { ...process.env, ...options?.env } }),
    };
    const stack = await openStack(home, toolchain, { name: stackName });
    const answer = await stack.pulumi(["preview"], { stdio: "inherit" });
    return answer.code;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
