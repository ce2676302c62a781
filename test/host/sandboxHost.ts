import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { payload } from "../../host/payload.ts";
import type { UnitFile } from "../../host/payload.ts";
import { runtimeText } from "../../host/runtimeText.ts";

/** How a run of the runtime ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly stdout: Readable;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A shell command that the runtime's command line is handed to, for example `ulimit -f 1; exec "$@"`. */
  readonly wrapper?: string;
}

/** Whether a process runs; one that has ended and that nobody has waited for yet does not. */
export function isRunning(pid: number | string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // It has no such file, or lost it while it was read.
    return false;
  }
}

const STEPS = ["check", "activate", "probe", "deactivate"] as const;
type Step = (typeof STEPS)[number];

/**
 * A host that is only a directory: the real runtime runs in it without privileges. Its one assembly `edge` "serves" by
 * copying the text of the live tree to a file.
 */
export class SandboxHost {
  // In memory where there is such a place: the runtime waits for the disk several times in each transaction.
  readonly root = realpathSync(mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "sandbox-host-")));
  readonly #script = join(this.root, "unit.sh");
  readonly env: Record<string, string> = {};

  constructor() {
    writeFileSync(this.#script, runtimeText());
    for (const name of ["behaviour", "tools"]) mkdirSync(this.path(name));
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  start(args: readonly string[], stdin: string, options: RunOptions = {}): Running {
    const child = spawn("sh", ["-c", options.wrapper ?? 'exec "$@"', "sh", "sh", this.#script, ...args], {
      env: {
        PATH: `${this.path("tools")}:${process.env["PATH"]}`,
        GATEBOX_ROOT: this.root,
        GATEBOX_GATHER: "0",
        ...this.env,
        ...options.env,
      },
    });
    // A runtime that ends early leaves its input unread.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => (output[stream] += text));
    }
    const ended = new Promise<Ended>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal, ...output }));
    });
    return { pid: child.pid ?? 0, stdout: child.stdout, ended };
  }

  run(args: readonly string[], stdin = "", options: RunOptions = {}): Promise<Ended> {
    return this.start(args, stdin, options).ended;
  }

  apply(stdin: string, options: RunOptions = {}): Promise<Ended> {
    return this.run(["apply"], stdin, options);
  }

  remove(stdin: string, options: RunOptions = {}): Promise<Ended> {
    return this.run(["remove"], stdin, options);
  }

  /** Takes the assembly's lock, as a transaction at work does. */
  async holdLock(): Promise<{ release(): void }> {
    mkdirSync(this.path("run/gatebox"), { recursive: true });
    const holder = spawn("flock", [this.path("run/gatebox/edge.lock"), "sh", "-c", "echo held; cat"]);
    await once(holder.stdout, "data");
    return { release: () => holder.stdin.end() };
  }

  /** Resolves when this many transactions wait for the lock. */
  async waiting(count: number): Promise<void> {
    const requests = this.path("var/lib/gatebox/edge/requests");
    while (!existsSync(requests) || readdirSync(requests).length < count) await setTimeout(10);
  }

  /** Runs several at once and lets none of them begin before all are waiting. */
  async together(runs: readonly (readonly [verb: "apply" | "remove", stdin: string])[]): Promise<Ended[]> {
    const lock = await this.holdLock();
    const started = runs.map(([verb, stdin]) => this.start([verb], stdin));
    await this.waiting(runs.length);
    lock.release();
    return Promise.all(started.map(({ ended }) => ended));
  }

  /** The payload of the base unit: `text` is its own part of what is served. */
  base(text: string, more: readonly UnitFile[] = []): string {
    const scripts = STEPS.map((step) => ({ path: `lifecycle/${step}`, text: this.#lifecycle(step) }));
    return payload({ assembly: "edge", unit: "base", files: [...scripts, { path: "base.cfg", text }, ...more] });
  }

  /** The payload of a fragment with one file. */
  fragment(unit: string, text: string, file = `routes/${unit}.cfg`): string {
    return payload({ assembly: "edge", unit, files: [{ path: file, text }] });
  }

  #lifecycle(step: Step): string {
    const serving = this.path("serving");
    const work = {
      check: "",
      activate: `{ cat base.cfg routes/*.cfg || :; } 2>/dev/null >'${serving}.new'; mv '${serving}.new' '${serving}'`,
      probe: "",
      deactivate: `rm -f '${serving}'`,
    }[step];
    return [
      `echo ${step} >>'${this.path("calls")}'`,
      `[ ! -f '${this.path("behaviour", step)}' ] || . '${this.path("behaviour", step)}'`,
      work,
      "",
    ].join("\n");
  }

  /** Shell text that a lifecycle script runs before its work; `''` for none. */
  behave(step: Step, script: string): void {
    writeFileSync(this.path("behaviour", step), script);
  }

  /** Puts a program of this name before the system's. */
  tool(name: string, script: string): void {
    writeFileSync(this.path("tools", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Takes it away again. */
  removeTool(name: string): void {
    rmSync(this.path("tools", name));
  }

  /** The lifecycle scripts that ran since the last call. */
  calls(): string[] {
    const file = this.path("calls");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    rmSync(file, { force: true });
    return lines;
  }

  /** What is served, or nothing. */
  serving(): string | undefined {
    const file = this.path("serving");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** A file of the live tree. */
  live(file: string): string {
    return readFileSync(this.path("etc/gatebox/edge", file), "utf8");
  }

  generation(): string | undefined {
    const link = this.path("etc/gatebox/edge");
    return existsSync(link) ? readlinkSync(link).split("/").at(-1) : undefined;
  }

  /** What must never be there after a run that ended by itself: journals, stages, requests and unreachable generations. */
  leftovers(): string[] {
    const list = (directory: string) =>
      existsSync(this.path(directory)) ? (readdirSync(this.path(directory), { recursive: true }) as string[]) : [];
    const state = list("var/lib/gatebox");
    const generations = state.filter((entry) => /^edge\/generations\/[^/]+$/.test(entry));
    const reachable = this.generation() === undefined ? 0 : 2;
    return [
      ...state.filter((entry) => /^edge\/(journal|requests\/|parked\.old|.*\.new)/.test(entry)),
      ...state.filter((entry) => /^incoming\/.*\/(payload|index|list|files)/.test(entry)),
      ...list("run/gatebox").filter((entry) => /\.(work|guard)/.test(entry)),
      ...(generations.length > reachable || generations.some((entry) => entry.endsWith(".stage")) ? generations : []),
    ];
  }

  delete(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
