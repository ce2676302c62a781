import { createHash } from "node:crypto";
import { chmod, cp, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { cached, directoryKey } from "./cache.ts";
import { compilerEnvironment, goBuild, moduleDirectory, modules, runGoBuild, type Say } from "./go.ts";
import { runChecked } from "../run.ts";
import { versions } from "./versions.ts";

/** Builds the Pulumi CLI with the version that its plugins and its state files expect it to state. */
export function buildPulumi(go: Promise<string>, say: Say): Promise<string> {
  return goBuild(
    go,
    {
      module: "pulumi",
      version: versions.pulumi,
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      output: "pulumi",
      ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`,
      cgo: true,
    },
    say,
  );
}

/** Variables that tell the language host what stands in `runtime.options` of a project's Pulumi.yaml. */
export const languageHostOptions = { typescript: "GATEBOX_LAB_TYPESCRIPT", nodeargs: "GATEBOX_LAB_NODEARGS" } as const;

/**
 * What the Node language host of 2023 lacks for an engine of today, each a line of its source.
 *
 * - It puts a proxy between the program and the engine that knows only the calls of its day; resource hooks came later. With
 *   this change the program talks to the engine itself.
 * - Its engine gave it the options of the project as arguments; today's sends them with the program. From the environment it
 *   hears them too; without, every program would get TypeScript's compiler and a hook on each stack trace.
 */
const languageHostChanges = [
  {
    from: 'fmt.Sprintf("127.0.0.1:%d", handle.Port), pipes.directory())',
    to: "req.GetMonitorAddress(), pipes.directory())",
  },
  {
    from: 'flag.BoolVar(&typescript, "typescript", true,',
    to: `flag.BoolVar(&typescript, "typescript", os.Getenv("${languageHostOptions.typescript}") != "false",`,
  },
  {
    from: 'flag.StringVar(&nodeargs, "nodeargs", "",',
    to: `flag.StringVar(&nodeargs, "nodeargs", os.Getenv("${languageHostOptions.nodeargs}"),`,
  },
];

/** Makes the changes in the writable copy of its module. */
async function changeLanguageHost(copy: string): Promise<void> {
  const main = path.join(copy, "nodejs/cmd/pulumi-language-nodejs/main.go");
  let text = await readFile(main, "utf8");
  for (const { from, to } of languageHostChanges) {
    if (!text.includes(from)) throw new Error(`the language host's main.go has not what was to be changed: ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(main, text);
}

/** Builds the Node language host from a writable copy of its module, and puts the scripts that belong to it beside it. */
export async function buildLanguageHost(go: Promise<string>, say: Say): Promise<string> {
  const module = "language-nodejs";
  const changes = createHash("sha256").update(JSON.stringify(languageHostChanges)).digest("hex").slice(0, 8);
  const key = `${await directoryKey(path.join(modules, module))}-${changes}`;
  return cached(`toolchain/pulumi-language-nodejs-${versions.languageHost}-${key}`, async (directory) => {
    say("fetching modules");
    const original = await moduleDirectory(go, module, `github.com/pulumi/pulumi/sdk/v3`);
    const copy = path.join(directory, "source");
    await cp(original, copy, { recursive: true });
    await runChecked("make the copy writable", "chmod", ["-R", "u+w", copy], { timeoutSeconds: 60 });
    await changeLanguageHost(copy);
    await runGoBuild(
      "the language host",
      await go,
      [
        "-ldflags",
        `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.languageHost}`,
        "-o",
        path.join(directory, "pulumi-language-nodejs"),
        "./nodejs/cmd/pulumi-language-nodejs",
      ],
      {
        cwd: copy,
        env: { ...process.env, ...compilerEnvironment, GOFLAGS: "-buildvcs=false -mod=readonly" },
        onLine: say,
      },
    );
    for (const script of ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"]) {
      await cp(path.join(original, "nodejs/dist", script), path.join(directory, script));
      await chmod(path.join(directory, script), 0o755);
    }
    await runChecked("remove the copy", "rm", ["-rf", copy], { timeoutSeconds: 60 });
  });
}

/** Builds the language host for YAML. */
export function buildYamlHost(go: Promise<string>, say: Say): Promise<string> {
  return goBuild(
    go,
    {
      module: "language-yaml",
      version: versions.yamlHost,
      package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
      output: "pulumi-language-yaml",
      ldflags: `-X github.com/pulumi/pulumi-yaml/pkg/version.Version=v${versions.yamlHost}`,
      cgo: false,
    },
    say,
  );
}

/** The Kubernetes programs, by the names that the one executable answers to. */
export const kubernetesPrograms = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubectl",
] as const;

/** Builds the Kubernetes programs as one executable with a link for each name. */
export function buildKubernetes(go: Promise<string>, say: Say): Promise<string> {
  const [major, minor] = versions.kubernetes.split(".");
  const version = "k8s.io/component-base/version";
  return goBuild(
    go,
    {
      module: "kubernetes",
      version: versions.kubernetes,
      package: ".",
      output: "kubernetes",
      ldflags: `-X ${version}.gitVersion=v${versions.kubernetes} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`,
      cgo: false,
      finish: async (directory) => {
        for (const name of kubernetesPrograms) await symlink("kubernetes", path.join(directory, name));
      },
    },
    say,
  );
}

/** Puts the plugin's two documents beside it, the schema with the version that the published one lacks. */
async function addDocuments(go: Promise<string>, directory: string): Promise<void> {
  const module = await moduleDirectory(go, "kubernetes-plugin", "github.com/pulumi/pulumi-kubernetes/provider/v4");
  const documents = path.join(module, "cmd/pulumi-resource-kubernetes");
  const schema = JSON.parse(await readFile(path.join(documents, "schema.json"), "utf8")) as Record<string, unknown>;
  const versioned = JSON.stringify({ ...schema, version: versions.kubernetesPlugin });
  await writeFile(path.join(directory, "schema.json"), versioned);
  await cp(path.join(documents, "terraform-mapping.json"), path.join(directory, "terraform-mapping.json"));
}

/** Builds Consul. */
export function buildConsul(go: Promise<string>, say: Say): Promise<string> {
  return goBuild(
    go,
    {
      module: "consul",
      version: versions.consul,
      package: "github.com/hashicorp/consul",
      output: "consul",
      ldflags: "",
      cgo: false,
    },
    say,
  );
}

/** Builds the kubernetes plugin. */
export function buildKubernetesPlugin(go: Promise<string>, say: Say): Promise<string> {
  return goBuild(
    go,
    {
      module: "kubernetes-plugin",
      version: versions.kubernetesPlugin,
      package: ".",
      output: "pulumi-resource-kubernetes",
      ldflags: `-X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${versions.kubernetesPlugin}`,
      cgo: true,
      finish: (directory) => addDocuments(go, directory),
    },
    say,
  );
}
