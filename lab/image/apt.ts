/** What the machine's own apt knows about mirrors, keys and proxies. The lab fetches its packages the same way. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_PLACE } from "../network/repositoryPlace.ts";
import { run, runChecked } from "../run.ts";

/** One repository as apt lists it. */
export interface Repository {
  readonly uri: string;
  /** For example `bookworm-updates`. */
  readonly suite: string;
  readonly components: readonly string[];
}

/** The part of the machine's apt configuration that the lab takes over. */
export interface AptConfiguration {
  /** The machine's own release, for example `bookworm`: what `debootstrap` installs. */
  readonly suite: string;
  readonly architecture: string;
  /** The repository of the release itself. */
  readonly mirror: Repository;
  /** That repository and those that update it. */
  readonly repositories: readonly Repository[];
  /** Keyring file that signs the mirror, where the configuration names one. */
  readonly keyring?: string;
  /** Settings of `Acquire::` that decide how files are fetched (proxies, checks of dates), as lines of apt.conf. */
  readonly acquire: readonly string[];
  /** Proxy for http, where one is set. */
  readonly proxy?: string;
}

/** No proxy knows the packages that the lab itself serves. */
const ownDirectly = `Acquire::http::Proxy::${REPOSITORY_PLACE.address} "DIRECT";`;

/** Settings that a host of the lab must share with the machine to reach the same mirror. */
const SHARED_SETTINGS = /^Acquire::(Check-Valid-Until|Check-Date|http|https|ftp)(::\S+)? "[^"]+";$/i;

/**
 * Reads the machine's apt configuration: deb822 or one-line, apt itself resolves both.
 *
 * @throws when no repository of the machine's own release is configured
 * @example
 * const { suite, mirror } = await readAptConfiguration(); // "bookworm", { uri: "http://…/debian/", … }
 */
export async function readAptConfiguration(): Promise<AptConfiguration> {
  const suite = await codenameOfThisMachine();
  const repositories = (await configuredRepositories()).filter(
    (each) => each.suite === suite || each.suite.startsWith(`${suite}-`),
  );
  const mirror = repositories.find((each) => each.suite === suite);
  if (!mirror) {
    throw new Error(`apt: no repository for "${suite}", this machine's own release, is configured in /etc/apt`);
  }
  const dump = await runChecked("read apt's configuration", "apt-config", ["dump"]);
  const acquire = dump.stdout.split("\n").filter((line) => SHARED_SETTINGS.test(line));
  const { stdout } = await runChecked("ask for the architecture", "dpkg", ["--print-architecture"]);
  const keyring = await keyringOf(mirror);
  const proxy = process.env["http_proxy"] ?? /^Acquire::http::Proxy "([^"]+)";$/im.exec(acquire.join("\n"))?.[1];
  return {
    suite,
    architecture: stdout.trim(),
    mirror,
    repositories,
    acquire,
    ...(keyring === undefined ? {} : { keyring }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

/**
 * The configuration as the files of a new system, by path.
 *
 * @example
 * aptFiles(configuration)["etc/apt/sources.list"]; // "deb http://…/debian/ bookworm main\n…"
 */
export function aptFiles(apt: AptConfiguration): Readonly<Record<string, string>> {
  const signed = apt.keyring === undefined ? "" : `[signed-by=${apt.keyring}] `;
  const sources = apt.repositories.map((each) => `deb ${signed}${each.uri} ${each.suite} ${each.components.join(" ")}`);
  const proxyLine = apt.proxy === undefined ? [] : [`Acquire::http::Proxy "${apt.proxy}";`, ownDirectly];
  const settings = [...new Set([...apt.acquire, ...proxyLine, 'Acquire::Languages "none";'])];
  return {
    "etc/apt/sources.list": `${sources.join("\n")}\n`,
    "etc/apt/apt.conf.d/90gatebox-lab": `${settings.join("\n")}\n`,
  };
}

async function codenameOfThisMachine(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
  if (codename === undefined) {
    throw new Error("/etc/os-release names no VERSION_CODENAME: the lab runs on Debian or Ubuntu");
  }
  return codename;
}

async function configuredRepositories(): Promise<readonly Repository[]> {
  const list = async (): Promise<string[]> => {
    const format = ["--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages"];
    const { stdout } = await runChecked("list apt's repositories", "apt-get", ["indextargets", ...format]);
    return [...new Set(stdout.split("\n").filter((line) => line !== ""))];
  };
  let lines = await list();
  if (lines.length === 0) {
    // Apt lists what it has seen; a fresh machine has seen nothing yet.
    await run("apt-get", ["update"], { timeoutSeconds: 300 });
    lines = await list();
  }
  const components = Map.groupBy(lines, (line) => line.split(" ").slice(0, 2).join(" "));
  return [...components].map(([repository, rows]) => {
    const [uri = "", suite = ""] = repository.split(" ");
    return { uri, suite, components: rows.map((row) => row.split(" ")[2] ?? "main") };
  });
}

/** Apt lists everything about a repository but its keyring: that is read from the stanza or line that names the mirror. */
async function keyringOf(mirror: Repository): Promise<string | undefined> {
  const directory = "/etc/apt/sources.list.d";
  const names = await readdir(directory).catch(() => []);
  const paths = [
    "/etc/apt/sources.list",
    ...names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(directory, name)),
  ];
  const uri = mirror.uri.replace(/\/$/, "");
  for (const path of paths) {
    const text = await readFile(path, "utf8").catch(() => "");
    const lines = text.replace(/^\s*#.*$/gm, "#");
    const pieces = path.endsWith(".sources") ? lines.split(/\n\s*\n/) : lines.split("\n");
    const piece = pieces.find((each) => each.includes(uri));
    const keyring = /signed-by\s*[:=]\s*(\/[^\s\],]+)/i.exec(piece ?? "")?.[1];
    if (keyring !== undefined) {
      return keyring;
    }
  }
  return undefined;
}
