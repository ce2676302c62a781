import path from "node:path";
import { run, runChecked } from "../run.ts";
import { cacheDirectory } from "../state.ts";
import { versions } from "./versions.ts";

/** A Pulumi that did not have to be built; its plugins come from the vendor by themselves. */
export interface ReadyPulumi {
  readonly path: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly origin: "machine" | "vendor";
}

/** A vendor that does not answer within this time is taken for out of reach: a closed network often drops silently. */
const vendorAnswerSeconds = 8;

/** Seconds for one plugin; the largest is 60 MB. */
const pluginSeconds = 300;

const common = { PULUMI_SKIP_UPDATE_CHECK: "true" };

/** A Pulumi that needs no building, with its plugins: the machine's own, or the vendor's where it is within reach. */
export async function readyPulumi(): Promise<ReadyPulumi | undefined> {
  const found = (await machinePulumi()) ?? (await vendorPulumi());
  return found === undefined ? undefined : withPlugins(found);
}

/** The machine's own `pulumi`, if it is of the pinned version. */
export async function machinePulumi(): Promise<ReadyPulumi | undefined> {
  const env = { ...process.env, ...common };
  const answer = await run("pulumi", ["version"], { timeoutSeconds: 20, env }).catch(() => undefined);
  return answer?.stdout.trim() === `v${versions.pulumi}` ? { path: [], env: common, origin: "machine" } : undefined;
}

/** The plugins that the program needs, from the vendor. Inside the lab's network nobody could fetch them later. */
async function withPlugins(ready: ReadyPulumi): Promise<ReadyPulumi | undefined> {
  const env = { ...process.env, ...ready.env, PATH: [...ready.path, process.env["PATH"] ?? ""].join(":") };
  for (const [name, version] of [
    ["kubernetes", versions.kubernetesPlugin],
    ["command", versions.commandPlugin],
    ["random", versions.randomPlugin],
  ] as const) {
    const install = ["plugin", "install", "resource", name, version];
    if ((await run("pulumi", install, { env, timeoutSeconds: pluginSeconds })).code !== 0) return undefined;
  }
  return ready;
}

async function vendorAnswers(): Promise<boolean> {
  const archive = `https://get.pulumi.com/releases/sdk/pulumi-v${versions.pulumi}-linux-x64.tar.gz`;
  const signal = AbortSignal.timeout(vendorAnswerSeconds * 1000);
  return fetch(archive, { method: "HEAD", signal }).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** The vendor's own build, fetched by the npm package `pulumi`, where the vendor is within reach. */
async function vendorPulumi(): Promise<ReadyPulumi | undefined> {
  if (!(await vendorAnswers())) return undefined;
  const home = cacheDirectory("vendor-pulumi");
  const env = { ...common, PULUMI_HOME: home };
  await runChecked("fetch the vendor's Pulumi", "npx", ["--yes", `pulumi@${versions.pulumi}`, "version"], {
    timeoutSeconds: 600,
    env: { ...process.env, ...env },
  });
  return { path: [path.join(home, "versions", versions.pulumi, "bin")], env, origin: "vendor" };
}
