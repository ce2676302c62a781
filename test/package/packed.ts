/** The package as `npm publish` would send it, made once for all tests that look at it. */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { withLock } from "../../lab/lock.ts";
import { runChecked } from "../../lab/run.ts";

export const project = path.resolve(import.meta.dirname, "../..");

/** What the package is made of. */
const sources = ["{box,cli,components,host,package,render}/**/*.*", "*.json", "CHANGELOG.md", "README.md"];

/** Building takes ten seconds, several times that on a machine busy with a whole lab. */
const PACK_SECONDS = 120;

/** Fetching and unpacking the SDKs takes half a minute, several times that on a machine busy with a whole lab. */
const INSTALL_SECONDS = 240;

/** Seconds within which another test has packed and installed. */
export const PREPARING_SECONDS = 2 * (PACK_SECONDS + INSTALL_SECONDS);

/** Installed beside the package, in the versions that it is tested with itself. */
const peers = ["@pulumi/command", "@pulumi/kubernetes", "@pulumi/pulumi", "@pulumi/random", "@types/node"];

const short = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

function sourcesKey(): string {
  const files = globSync(sources, { cwd: project }).sort();
  return short(files.map((file) => `${file} ${short(readFileSync(path.join(project, file)))}`).join("\n"));
}

/** What is kept between runs for one state of one checkout. */
const kept = path.join(tmpdir(), `gatebox-packed-${userInfo().uid}-${short(project)}`);

async function pack(): Promise<string> {
  const key = sourcesKey();
  const archive = path.join(kept, `${key}.tgz`);
  if (existsSync(archive)) return archive;
  for (const earlier of readdirSync(kept)) rmSync(path.join(kept, earlier), { recursive: true, force: true });
  const args = ["pack", "--json", "--pack-destination", kept];
  const options = { cwd: project, timeoutSeconds: PACK_SECONDS, env: process.env };
  const { stdout } = await runChecked("pack the package", "npm", args, options);
  const [, name = ""] = /"filename": "([^"]+)"/.exec(stdout) ?? [];
  renameSync(path.join(kept, name), archive);
  return archive;
}

/** Packs the package, unless it was packed as it is before, and gives the archive's path. */
export function packedPackage(): Promise<string> {
  return withLock(kept, PREPARING_SECONDS, pack);
}

/**
 * Installs the packed package and the SDKs that it needs, unless that was done before, and gives a directory: projects below
 * it find the packages. Nobody changes what is in it.
 */
export function installedPackage(): Promise<string> {
  return withLock(kept, PREPARING_SECONDS, async () => {
    const archive = await pack();
    const root = archive.replace(".tgz", "");
    const done = path.join(root, "installed");
    if (existsSync(done)) return root;
    mkdirSync(root, { recursive: true });
    const { devDependencies } = JSON.parse(readFileSync(path.join(project, "package.json"), "utf8")) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const dependencies = Object.fromEntries(peers.map((name) => [name, devDependencies[name]]));
    const manifest = { private: true, dependencies: { ...dependencies, gatebox: `file:${archive}` } };
    writeFileSync(path.join(root, "package.json"), JSON.stringify(manifest));
    const args = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    const options = { cwd: root, timeoutSeconds: INSTALL_SECONDS, env: process.env };
    await runChecked("install the package", "npm", args, options);
    writeFileSync(done, "");
    return root;
  });
}
