/** The Kubernetes programs of a lab: one executable for all its hosts and for the operator. */
import { copyFile, link, mkdir, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { kubernetesPrograms } from "../hosts/machine.ts";
import { runAsOperator, type OperatorOptions } from "../operator.ts";
import type { RunResult } from "../run.ts";
import type { Lab } from "../state.ts";

/** The names that the executable is started by. */
const NAMES = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubectl",
] as const;

/**
 * Puts the executable where the hosts see it. A hard link costs no space; where the cache is on another disk, one copy
 * serves the whole lab.
 *
 * @param binary the executable that is all of Kubernetes
 * @throws when there is none
 */
export async function installPrograms(lab: Lab, binary: string): Promise<void> {
  const directory = kubernetesPrograms(lab);
  await mkdir(directory, { recursive: true });
  const wanted = await stat(binary).catch(() => undefined);
  if (!wanted?.isFile()) {
    throw new Error(`${binary} is no file: the Kubernetes executable must be built before the cluster can start`);
  }
  const place = join(directory, "kubernetes");
  const present = await stat(place).catch(() => undefined);
  if (present?.size !== wanted.size || present.mtimeMs !== wanted.mtimeMs) {
    await rm(`${place}.new`, { force: true });
    await link(binary, `${place}.new`).catch(async () => {
      await copyFile(binary, `${place}.new`);
      await utimes(`${place}.new`, wanted.atime, wanted.mtime);
    });
    await rename(`${place}.new`, place);
  }
  for (const name of NAMES) {
    await symlink("kubernetes", join(directory, name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    });
  }
}

/**
 * Runs kubectl on the operator's workstation as the cluster's administrator.
 *
 * @returns its status and output; a status other than 0 is no error here
 * @example
 * const { stdout } = await kubectl(lab, ["get", "nodes", "--output=json"]);
 */
export async function kubectl(
  lab: Lab,
  args: readonly string[],
  options: Pick<OperatorOptions, "input" | "timeoutSeconds"> = {},
): Promise<RunResult> {
  const program = join(kubernetesPrograms(lab), "kubectl");
  // Its cache of what the API offers belongs to the lab: another lab has another API at the same address.
  const cache = `--cache-dir=${join(lab.operator.directory, "kubectl-cache")}`;
  return runAsOperator(lab, program, [cache, ...args], { timeoutSeconds: 60, ...options });
}

/**
 * As {@link kubectl}, for what must succeed.
 *
 * @throws with kubectl's own words
 */
export async function kubectlChecked(
  lab: Lab,
  args: readonly string[],
  options: Pick<OperatorOptions, "input" | "timeoutSeconds"> = {},
): Promise<string> {
  const { code, stdout, stderr } = await kubectl(lab, args, options);
  if (code !== 0) {
    throw new Error(`lab ${lab.name}: kubectl ${args.join(" ")} ended with status ${code}:\n${stderr.trim()}`);
  }
  return stdout;
}
