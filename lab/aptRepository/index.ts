/** A signed repository of Debian packages of the lab's own, as a site without a way out keeps one. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runChecked } from "../run.ts";

/** What a repository is made of. */
export interface RepositoryArgs {
  /** Where it is to stand: what a web server gives out. Is made. */
  readonly directory: string;
  readonly suite: string;
  readonly component: string;
  /** Paths of packages. */
  readonly packages: readonly string[];
  readonly key: SigningKey;
}

/** A key that signs repositories. */
export interface SigningKey {
  /** The public one, in ASCII armor. */
  readonly publicKey: string;
  /** Home directory of gpg. */
  readonly home: string;
}

/** A package's control fields and the files that are in it. */
export interface PackageArgs {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly depends?: string;
  /** What is in the package: place on the host, and the file that is to stand there or its text. */
  readonly files: readonly PackagedFile[];
  /** Maintainer scripts, by their names. @default none */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** One file of a package. */
export type PackagedFile = { readonly place: string; readonly mode: number } & (
  { readonly text: string } | { readonly file: string }
);

const limits = { timeoutSeconds: 120 } as const;

/** Makes a signing key without a passphrase in a home directory of its own below `directory`. */
export async function makeSigningKey(directory: string, owner: string): Promise<SigningKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const gpg = (...args: string[]) => runChecked("make a signing key", "gpg", ["--homedir", directory, "--batch", ...args], limits); // prettier-ignore
  await gpg("--passphrase", "", "--quick-gen-key", owner, "ed25519", "sign", "never");
  const { stdout } = await gpg("--armor", "--export");
  return { home: directory, publicKey: stdout };
}

/** Ends the agent that gpg has left running for a key. */
export async function releaseSigningKey({ home }: SigningKey): Promise<void> {
  await runChecked("end the agent of a signing key", "gpgconf", ["--homedir", home, "--kill", "all"], limits);
}

/** Makes a package, and returns its path in `directory`. */
export async function makePackage(directory: string, args: PackageArgs): Promise<string> {
  const { stdout } = await runChecked("ask for the architecture", "dpkg", ["--print-architecture"], limits);
  const architecture = stdout.trim();
  const tree = await mkdtemp(path.join(tmpdir(), "gatebox-package-"));
  try {
    await mkdir(path.join(tree, "DEBIAN"));
    const control = {
      Package: args.name,
      Version: args.version,
      Architecture: architecture,
      Maintainer: "The lab <lab@gatebox.test>",
      ...(args.depends === undefined ? {} : { Depends: args.depends }),
      Description: args.description,
    };
    await writeFile(path.join(tree, "DEBIAN/control"), Object.entries(control).map(([key, value]) => `${key}: ${value}\n`).join("")); // prettier-ignore
    for (const [name, text] of Object.entries(args.scripts ?? {}))
      await writeFile(path.join(tree, "DEBIAN", name), text, { mode: 0o755 });
    for (const one of args.files) await put(path.join(tree, one.place), one);
    const file = path.join(directory, `${args.name}_${args.version}_${architecture}.deb`);
    await mkdir(directory, { recursive: true });
    // Fast to make and to unpack: it never travels.
    await runChecked("make a package", "dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", tree, file], limits); // prettier-ignore
    return file;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

async function put(place: string, one: PackagedFile): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  if ("text" in one) await writeFile(place, one.text);
  else await cp(one.file, place);
  await runChecked("set a mode", "chmod", [one.mode.toString(8), place], limits);
}

/** Makes a repository, or makes an existing one anew. */
export async function makeRepository({ directory, suite, component, packages, key }: RepositoryArgs): Promise<void> {
  const pool = path.join(directory, "pool");
  const lists = path.join(directory, "dists", suite);
  await rm(directory, { recursive: true, force: true });
  await mkdir(pool, { recursive: true });
  for (const file of packages) await cp(file, path.join(pool, path.basename(file)));
  const { stdout: architecture } = await runChecked("ask for the architecture", "dpkg", ["--print-architecture"], limits); // prettier-ignore
  const binary = path.join(lists, component, `binary-${architecture.trim()}`);
  await mkdir(binary, { recursive: true });
  const archive = (args: readonly string[], cwd: string) => runChecked("make lists", "apt-ftparchive", args, { ...limits, cwd }); // prettier-ignore
  await writeFile(path.join(binary, "Packages"), (await archive(["packages", "pool"], directory)).stdout);
  const said = { Suite: suite, Codename: suite, Components: component, Architectures: architecture.trim() };
  const options = Object.entries(said).flatMap(([name, value]) => ["-o", `APT::FTPArchive::Release::${name}=${value}`]);
  const release = path.join(lists, "Release");
  await writeFile(release, (await archive([...options, "release", "."], lists)).stdout);
  const sign = ["--homedir", key.home, "--batch", "--yes", "--clearsign", "-o", path.join(lists, "InRelease"), release];
  await runChecked("sign lists", "gpg", sign, limits);
}
