/** The real engine, on programs that have packages of their own. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, type RunResult } from "../../lab/run.ts";
import { prepareToolchain, type Toolchain } from "../../lab/toolchain/index.ts";

/** A start of the engine, with a compilation in it, takes ten seconds, several times that beside a whole lab. */
export const ENGINE_SECONDS = 120;

/** What a preview would make. */
export interface Planned {
  readonly op: string;
  readonly newState: {
    readonly type: string;
    readonly urn: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  };
}

/** An engine with a state of its own. */
export interface Engine {
  /** What `pulumi` needs to be called by. */
  readonly env: NodeJS.ProcessEnv;
  readonly origin: Toolchain["origin"];
  /** Runs `pulumi ARGS…` in the directory of a program. */
  pulumi(directory: string, args: readonly string[], more?: NodeJS.ProcessEnv): Promise<RunResult>;
  /** Makes a stack of the program in a directory, and gives what a preview of it would do. */
  preview(directory: string, stack: string, more?: NodeJS.ProcessEnv): Promise<readonly Planned[]>;
  remove(): void;
}

/** Prepares an engine whose state is empty. */
export async function engine(): Promise<Engine> {
  const state = mkdtempSync(path.join(tmpdir(), "gatebox-engine-"));
  const { env: own, path: programs, origin } = await prepareToolchain({ kubernetes: false });
  mkdirSync(path.join(state, "stacks"));
  const known = path.join(state, "no-kubeconfig");
  writeFileSync(known, "");
  const env = {
    ...process.env,
    ...own,
    PATH: [...programs, path.dirname(process.execPath), process.env["PATH"] ?? ""].join(":"),
    PULUMI_BACKEND_URL: `file://${state}/stacks`,
    PULUMI_CONFIG_PASSPHRASE: "",
    KUBECONFIG: known,
  };
  const pulumi: Engine["pulumi"] = (cwd, args, more = {}) =>
    run("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env: { ...env, ...more },
      timeoutSeconds: ENGINE_SECONDS,
    });
  const preview: Engine["preview"] = async (directory, stack, more) => {
    const made = await pulumi(directory, ["stack", "select", "--create", stack]);
    assert.equal(made.code, 0, made.stderr);
    const { code, stdout, stderr } = await pulumi(directory, ["preview", "--json"], more);
    assert.equal(code, 0, stdout.slice(-2000) + stderr.slice(-2000));
    return (JSON.parse(stdout.slice(stdout.indexOf("{"))) as { steps: readonly Planned[] }).steps;
  };
  return { env, origin, pulumi, preview, remove: () => rmSync(state, { recursive: true, force: true }) };
}
