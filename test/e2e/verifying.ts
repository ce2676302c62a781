/** `gatebox verify`, as an operator runs it. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runAsOperator } from "../../lab/operator.ts";
import { operatorHome, project } from "../../lab/stack.ts";
import { world } from "./world.ts";

/** What it printed, and its status. */
export interface Verified {
  readonly code: number;
  readonly output: string;
}

/** Runs it on the operator's workstation, with the stack file that it is given. */
export async function verified(configuration: string, ...more: string[]): Promise<Verified> {
  const { lab, stack } = await world();
  const scratch = await mkdtemp(path.join(tmpdir(), "gatebox-verify-"));
  try {
    const file = path.join(scratch, "Pulumi.protobox.yaml");
    await writeFile(file, configuration);
    await copyFile(path.join(stack.directory, "kube-ca.pem"), path.join(scratch, "kube-ca.pem"));
    const words = [path.join(project, "cli/main.ts"), "verify", file, ...more];
    const env = { HOME: operatorHome(lab).directory };
    const { code, stdout, stderr } = await runAsOperator(lab, process.execPath, words, { cwd: scratch, timeoutSeconds: 90, env }); // prettier-ignore
    return { code, output: stdout + stderr };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
