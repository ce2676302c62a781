/** The packages that no distribution has and the lab makes itself, served to its hosts as a site without a way out would. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMap, parseDocument } from "yaml";
import { makeRepository, makeSigningKey, releaseSigningKey } from "./aptRepository/index.ts";
import { makeConsulPackage } from "./consul/package.ts";
import { addCgroups, killProcessesOf } from "./hosts/cgroups.ts";
import { runInNamespace } from "./network/namespaces.ts";
import { REPOSITORY_PLACE } from "./network/repositoryPlace.ts";
import { namespaceOf, namespacePath, type Lab } from "./state.ts";
import { cached, directoryKey } from "./toolchain/cache.ts";

const PART = "repository";
const SUITE = "lab";
const COMPONENT = "main";
const url = `http://${REPOSITORY_PLACE.address}:${REPOSITORY_PLACE.port}`;

/** Files of a lab's repository. What is below `web` is given out. */
function placesOf(lab: Lab) {
  const directory = path.join(lab.directory, PART);
  const at = (name: string): string => path.join(directory, name);
  return { key: at("key"), publicKey: at("key.asc"), web: at("web"), madeOf: at("made-of") };
}

/**
 * Makes the lab's repository and serves it on its uplink. What is there is kept.
 *
 * @param consul the program, see `prepareToolchain`
 */
export async function serveOwnRepository(lab: Lab, consul: string): Promise<void> {
  const { web } = placesOf(lab);
  await repositoryOf(lab, [await consulPackage(consul)]);
  if (await answers(lab)) return;
  await killProcessesOf(lab, PART);
  const cgroups = await addCgroups(lab, PART);
  const script = 'for file in $CGROUPS; do echo $$ > "$file"; done; exec "$@"';
  const server = [process.execPath, path.join(import.meta.dirname, "aptRepository/serve.ts"), web, REPOSITORY_PLACE.address, String(REPOSITORY_PLACE.port)]; // prettier-ignore
  const inside = ["nsenter", `--net=${namespacePath(namespaceOf(lab, "uplink"))}`, "--", ...server];
  const child = spawn("sh", ["-euc", script, "sh", ...inside], {
    detached: true,
    stdio: "ignore",
    cwd: "/",
    env: { PATH: process.env["PATH"], CGROUPS: cgroups.join(" ") },
  });
  child.unref();
  // Milliseconds; twenty seconds are for a machine busy with compilers.
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await answers(lab)) return;
    await sleep(200);
  }
  throw new Error(`the lab's own packages are not served at ${url}`);
}

/** Consul's package, in the cache. */
async function consulPackage(program: string): Promise<string> {
  const made = createHash("sha256").update(
    `${program} ${await directoryKey(path.join(import.meta.dirname, "consul"))}`,
  );
  const directory = await cached(`packages/consul-${made.digest("hex").slice(0, 12)}`, async (place) => {
    await writeFile(path.join(place, "name"), path.basename(await makeConsulPackage(place, program)));
  });
  return path.join(directory, await readFile(path.join(directory, "name"), "utf8"));
}

async function repositoryOf(lab: Lab, packages: readonly string[]): Promise<void> {
  const { key: home, publicKey, web, madeOf } = placesOf(lab);
  const wanted = packages.join("\n");
  if ((await readFile(madeOf, "utf8").catch(() => undefined)) === wanted) return;
  const known = await readFile(publicKey, "utf8").catch(() => undefined);
  const key = known === undefined ? await makeSigningKey(home, `Packages of lab ${lab.name}`) : { home, publicKey: known }; // prettier-ignore
  try {
    await makeRepository({ directory: web, suite: SUITE, component: COMPONENT, packages, key });
  } finally {
    await releaseSigningKey(key);
  }
  await writeFile(publicKey, key.publicKey);
  await writeFile(madeOf, wanted);
}

async function answers(lab: Lab): Promise<boolean> {
  const ask = ["-sf", "--noproxy", "*", "-m", "5", "-o", "/dev/null", `${url}/dists/${SUITE}/InRelease`];
  return (await runInNamespace(namespaceOf(lab, "uplink"), "curl", ask)).code === 0;
}

/**
 * The key that a lab's packages are signed with.
 *
 * @throws for a lab without packages of its own, which is not up, or was brought up without them
 */
export async function ownRepositoryKey(lab: Lab): Promise<string> {
  const key = await readFile(placesOf(lab).publicKey, "utf8").catch(() => undefined);
  if (key === undefined)
    throw new Error(`lab ${lab.name} has no packages of its own; \`npm run lab -- up\` makes them`);
  return key;
}

/** A stack file whose apt repositories are all the lab's own: those that it names are beyond what hosts of a lab can reach. */
export function fetchingFromLab(text: string, key: string): string {
  const document = parseDocument(text);
  const repositories = document.getIn(["config", "gatebox:aptRepositories"]);
  if (!isMap(repositories)) return text;
  for (const pair of repositories.items)
    pair.value = document.createNode({ url, suite: SUITE, components: [COMPONENT], key });
  return document.toString();
}
