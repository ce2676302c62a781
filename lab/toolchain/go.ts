import { chmod, readdir } from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import { cached, directoryKey } from "./cache.ts";
import { run, runChecked, type RunOptions } from "../run.ts";
import { versions } from "./versions.ts";

/** Where the modules stand that pin what is built. */
export const modules = path.join(import.meta.dirname, "go");

/**
 * First builds took 5 to 8 minutes on two idle cores. Four of them share those cores and let everything else go first: 40
 * minutes were not enough on a slow machine that ran tests beside them.
 */
export const buildLimitSeconds = 5400;

export type Say = (line: string) => void;

/** One program that the Go module proxy serves the sources of. */
export interface GoProgram {
  /** Directory below `go/` with the module that pins it. */
  readonly module: string;
  readonly version: string;
  /** Package to build, as seen from that module. */
  readonly package: string;
  readonly output: string;
  readonly ldflags: string;
  readonly cgo: boolean;
  /** Puts what belongs to the program beside it, before the directory is published. */
  readonly finish?: (directory: string) => Promise<void>;
}

async function goVersion(command: string): Promise<number | undefined> {
  const answer = await run(command, ["env", "GOVERSION"], { timeoutSeconds: 20 }).catch(() => undefined);
  const match = /go1\.(\d+)/.exec(answer?.stdout ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** From 1.21 on, Go fetches the newer toolchain that a go.mod asks for by itself. */
const selfUpgradingGo = 21;

/**
 * Finds a Go that can build the programs: the machine's own, or Debian's, which is used only to fetch a newer one, as the
 * module proxy serves toolchains as modules.
 */
export async function findGo(say: Say): Promise<string> {
  if (((await goVersion("go")) ?? 0) >= selfUpgradingGo) return "go";
  if ((await goVersion("go")) === undefined) {
    say("installing Debian's Go, to fetch the pinned one with");
    const quiet = { timeoutSeconds: 600, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    await runChecked("read the package lists", "apt-get", ["update", "-q"], quiet);
    await runChecked(
      "install Debian's Go",
      "apt-get",
      ["install", "-qy", "--no-install-recommends", "golang-go", "ca-certificates"],
      quiet,
    );
  }
  const toolchain = `golang.org/toolchain@v0.0.1-go${versions.go}.linux-amd64`;
  say(`fetching ${toolchain}`);
  const answer = await runChecked(`fetch ${toolchain}`, "go", ["mod", "download", "-json", toolchain], {
    timeoutSeconds: 600,
  });
  const { Dir } = JSON.parse(answer.stdout) as { Dir: string };
  await makeExecutable(path.join(Dir, "bin"));
  await makeExecutable(path.join(Dir, "pkg", "tool", "linux_amd64"));
  return path.join(Dir, "bin", "go");
}

/** Module archives carry no executable bits. */
async function makeExecutable(directory: string): Promise<void> {
  for (const name of await readdir(directory)) await chmod(path.join(directory, name), 0o755);
}

/**
 * Compilers run for seconds and linkers need a few gigabytes once: without collecting garbage both are done in some two
 * thirds of the time. The limit, which applies to each process, brings the collector back where memory would run out.
 */
export const compilerEnvironment = { GOGC: "off", GOMEMLIMIT: "4GiB" } as const;

/** Two compilations fill two cores and their memory; downloads of all programs go on beside them. */
export const compilations = pLimit(2);

/** The linker leaves it out anyway (`-w`); writing it first takes a seventh of the compilers' time and a quarter of Go's cache. */
const withoutDebugInformation = "-gcflags=all=-dwarf=false";

/**
 * Builds with some arguments for `go build`. A dozen compilers for minutes: whatever else the machine does, such as tests with
 * bounds, goes first.
 */
export async function runGoBuild(
  what: string,
  go: string,
  args: readonly string[],
  options: Omit<RunOptions, "timeoutSeconds">,
): Promise<void> {
  const command = ["-n", "10", go, "build", withoutDebugInformation, ...args];
  await runChecked(`build ${what}`, "nice", command, { timeoutSeconds: buildLimitSeconds, ...options });
}

/** Fetches the modules that a package is built from, and no others: downloads wait for the network, not for a processor. */
async function fetchModules(go: Promise<string>, program: Pick<GoProgram, "package" | "output">, cwd: string) {
  await runChecked(
    `fetch modules of ${program.output}`,
    await go,
    ["list", "-mod=readonly", "-deps", program.package],
    {
      cwd,
      timeoutSeconds: buildLimitSeconds,
    },
  );
}

/** Builds a program, or finds it in the cache; returns the directory that holds it. */
export async function goBuild(go: Promise<string>, program: GoProgram, say: Say): Promise<string> {
  const source = path.join(modules, program.module);
  const key = `toolchain/${program.output}-${program.version}-${await directoryKey(source)}`;
  return cached(key, async (directory) => {
    say("fetching modules");
    await fetchModules(go, program, source);
    say("waiting for other compilations");
    await compilations(async () => compile(await go, program, source, directory, say));
    await program.finish?.(directory);
  });
}

async function compile(go: string, program: GoProgram, source: string, directory: string, say: Say): Promise<void> {
  say("compiling");
  const output = path.join(directory, program.output);
  const args = ["-mod=readonly", "-ldflags", `-s -w ${program.ldflags}`, "-o", output, program.package];
  await runGoBuild(program.output, go, args, {
    cwd: source,
    env: {
      ...process.env,
      ...compilerEnvironment,
      GOFLAGS: "-buildvcs=false",
      ...(program.cgo ? {} : { CGO_ENABLED: "0" }),
    },
    onLine: say,
  });
}

/** Directory of a module's sources, fetched and checked against the pinned sums if need be. */
export async function moduleDirectory(go: Promise<string>, module: string, dependency: string): Promise<string> {
  const answer = await runChecked(`fetch ${dependency}`, await go, ["mod", "download", "-json", dependency], {
    cwd: path.join(modules, module),
    timeoutSeconds: 600,
  });
  return (JSON.parse(answer.stdout) as { Dir: string }).Dir;
}
