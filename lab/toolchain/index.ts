import { existsSync } from "node:fs";
import { cp, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { createHash } from "node:crypto";
import { Listr, PRESET_TIMER, type ListrTask } from "listr2";
import { cacheDirectory } from "../state.ts";
import { cached, directoryKey } from "./cache.ts";
import { findGo, type Say } from "./go.ts";
import { place } from "./place.ts";
import {
  buildConsul,
  buildKubernetes,
  buildKubernetesPlugin,
  buildLanguageHost,
  buildPulumi,
  buildYamlHost,
} from "./programs.ts";
import { readyPulumi } from "./vendor.ts";
import { versions } from "./versions.ts";

/** What the lab and the tests run the project with. */
export interface Toolchain {
  /** Directories with `pulumi` and its language host, to stand first on PATH. */
  readonly path: readonly string[];
  /** Variables that `pulumi` needs, for example PULUMI_HOME where the plugins lie. */
  readonly env: Readonly<Record<string, string>>;
  /** Directory with kube-apiserver, kubelet, kubectl, … */
  readonly kubernetes: string;
  /** The program `consul`; "" where Kubernetes was not wanted either. */
  readonly consul: string;
  /** Where the CLI and its plugins come from. */
  readonly origin: "machine" | "vendor" | "built";
}

type Part = "cli" | "languageHost" | "kubernetesPlugin" | "kubernetes" | "consul";

const project = path.resolve(import.meta.dirname, "../..");

/** One per checkout, as its starter scripts lead into the checkout; the heavy parts are links into the cache. */
async function pulumiHomeDirectory(): Promise<string> {
  const key = await directoryKey(path.join(import.meta.dirname, "go/kubernetes-plugin"));
  const checkout = createHash("sha256").update(project).digest("hex").slice(0, 8);
  return cacheDirectory(`pulumi-home-${key}-${checkout}`);
}

/** Lays out $PULUMI_HOME the way the engine looks plugins up: the built one linked, ours behind a starter script. */
async function pulumiHome(kubernetesPlugin: string): Promise<string> {
  const home = await pulumiHomeDirectory();
  const plugin = (name: string, version: string): string =>
    path.join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);

  const kubernetes = plugin("kubernetes", versions.kubernetesPlugin);
  // The engine passes over a plugin directory that is a link, but not over an executable that is one.
  await place(kubernetes, (file) => symlink(path.join(kubernetesPlugin, path.basename(kubernetes)), file));
  for (const [name, version] of [
    ["command", versions.commandPlugin],
    ["random", versions.randomPlugin],
  ] as const) {
    const starter = plugin(name, version);
    const script = path.join(project, "lab/plugins", name, `pulumi-resource-${name}`);
    const text = ["#!/bin/sh", `exec '${script.replaceAll("'", "'\\''")}' "$@"`, ""].join("\n");
    await place(starter, (file) => writeFile(file, text, { mode: 0o755 }));
  }
  await withoutLogs(home);
  return home;
}

/**
 * The engine keeps a log of all that it hears, some 20 MB for an `up`, and has no option against it: but where it cannot make
 * the directory it does without. A fifth of the time of a preview went into it.
 */
async function withoutLogs(home: string): Promise<void> {
  const logs = path.join(home, "logs");
  if ((await stat(logs).catch(() => undefined))?.isFile()) return;
  await rm(logs, { recursive: true, force: true });
  await writeFile(
    logs,
    "A file in the place of the directory: no logs are kept of the engine of the lab and the tests.\n",
  );
}

/** CLI and language host side by side in one directory: the engine looks for the host beside itself. */
async function pulumiDirectory(cli: string, languageHost: string): Promise<string> {
  return cached(`toolchain/bin-${path.basename(cli)}-${path.basename(languageHost)}`, async (directory) => {
    for (const source of [cli, languageHost]) await cp(source, directory, { recursive: true });
  });
}

/**
 * Finds or makes everything that is needed to run the project on this machine. Builds run side by side; what they make is
 * cached by version.
 *
 * @example
 * const toolchain = await prepareToolchain();
 */
export async function prepareToolchain(options: { kubernetes?: boolean } = {}): Promise<Toolchain> {
  const wanted = options.kubernetes ?? true;
  const builtBefore = existsSync(await pulumiHomeDirectory());
  const ready = builtBefore ? undefined : await readyPulumi();
  const made: Partial<Record<Part, string>> = {};
  let go: Promise<string> | undefined;
  const task = (part: Part, title: string, build: (go: Promise<string>, say: Say) => Promise<string>): ListrTask => ({
    title,
    task: async (_, task) => {
      const say: Say = (line) => (task.output = line);
      made[part] = await build((go ??= findGo(say)), say);
    },
  });
  const tasks = [
    ...(wanted
      ? [
          task("kubernetes", `Kubernetes ${versions.kubernetes}`, buildKubernetes),
          task("consul", `Consul ${versions.consul}`, buildConsul),
        ]
      : []),
    ...(ready === undefined
      ? [
          task("kubernetesPlugin", `Pulumi plugin kubernetes ${versions.kubernetesPlugin}`, buildKubernetesPlugin),
          task("cli", `Pulumi CLI ${versions.pulumi}`, buildPulumi),
          task("languageHost", `Pulumi language host for Node ${versions.languageHost}`, buildLanguageHost),
        ]
      : []),
  ];
  await new Listr(tasks, {
    concurrent: true,
    renderer: process.stdout.isTTY ? "default" : "simple",
    rendererOptions: { timer: PRESET_TIMER },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  }).run();
  const kubernetes = made.kubernetes ?? "";
  const consul = made.consul === undefined ? "" : path.join(made.consul, "consul");
  if (ready !== undefined) return { ...ready, kubernetes, consul };
  return {
    path: [await pulumiDirectory(made.cli ?? "", made.languageHost ?? "")],
    env: {
      PULUMI_HOME: await pulumiHome(made.kubernetesPlugin ?? ""),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    kubernetes,
    consul,
    origin: "built",
  };
}

/**
 * The directory of Pulumi's language host for YAML, which the lab itself does not need. Undefined where Pulumi did not have to be
 * built: then the host lies beside it.
 */
export async function prepareYamlHost({ origin }: Pick<Toolchain, "origin">): Promise<string | undefined> {
  const say: Say = () => undefined;
  return origin === "built" ? buildYamlHost(findGo(say), say) : undefined;
}

/**
 * The program `consul` alone, for its own tests: built once into the cache, in minutes.
 *
 * @param say what is being done, which nobody hears where it is in the cache already
 */
export async function prepareConsul(say: Say): Promise<string> {
  return path.join(await buildConsul(findGo(say), say), "consul");
}
