import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../lab/run.ts";
import type { StackHome } from "../../lab/stack.ts";

/** A home for stacks that no host is needed for. */
export type ScratchHome = StackHome;

/** A directory of its own, where the engine runs as whoever runs the test. */
export async function scratchHome(): Promise<ScratchHome> {
  const directory = await mkdtemp(path.join(tmpdir(), "gatebox-stack-"));
  return {
    directory,
    run: (command, args, options) => run(command, args, { ...options, env: { HOME: directory, ...options.env } }),
  };
}
