/** Systemd services on a host, each with the files that it reads: installed and restarted when, and only when, they changed. */
import { createHash } from "node:crypto";
import { execChecked } from "../hosts/exec.ts";
import { scriptFile } from "../scriptFile.ts";
import type { Lab } from "../state.ts";
import { tar } from "../tar.ts";

/** A file on a host. */
export interface HostFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  /** Permissions, by default 0644; keys are 0600. */
  readonly mode?: number;
}

/** A service that systemd runs from boot on. */
export interface HostService {
  /** For example `kubelet.service`. */
  readonly unit: string;
  /** Everything that it must be restarted for, its unit file included. */
  readonly files: readonly HostFile[];
}

/** Seconds that the services of one host may take to start: each bounds itself, etcd until its peers are there. */
const START_SECONDS = 300;

/**
 * Makes the services of a host what they should be, in order.
 *
 * @returns the units that had to be started or restarted
 * @throws with the host's name, the unit and the end of its journal when one does not start
 * @example
 * await applyServices(lab, "node-1", [containerd(image), kubelet(node)]);
 */
export async function applyServices(
  lab: Lab,
  host: string,
  services: readonly HostService[],
): Promise<readonly string[]> {
  const plan = services.map((service) => `${service.unit} ${keyOf(service)}\n`).join("");
  const files = services.flatMap(({ unit, files }) => files.map((file) => ({ ...file, path: `${unit}${file.path}` })));
  const script = scriptFile(import.meta.dirname, "apply-services.sh");
  const { stdout } = await execChecked(lab, host, "starting the services of the cluster", script, {
    input: tar([{ path: "plan", content: plan }, ...files]),
    timeoutSeconds: START_SECONDS,
  });
  return stdout.split("\n").filter((line) => line !== "");
}

function keyOf(service: HostService): string {
  return createHash("sha256").update(JSON.stringify(service)).digest("hex");
}
