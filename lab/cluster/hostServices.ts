/** Systemd services on a host, each with the files that it reads: installed and restarted when, and only when, they changed. */
import { createHash } from "node:crypto";
import { execChecked } from "../hosts/exec.ts";
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
 * Reads an archive with a directory per service and a plan, one line `UNIT KEY` each. A service's key is stamped on the
 * host when it has started with its files, so that a run that is cut off anywhere before repeats it as a whole.
 */
const APPLY = `
set -eu
umask 022
stamps=/var/lib/lab-services
mkdir -p "$stamps"
archive=$(mktemp "$stamps/.archive.XXXXXX")
trap 'rm -f "$archive"' EXIT
cat > "$archive"
tar -xOf "$archive" plan | while read -r unit key; do
  if [ "$(cat "$stamps/$unit" 2> /dev/null)" = "$key" ]; then
    systemctl is-active --quiet "$unit" && continue
    action=start
  else
    rm -f "$stamps/$unit"
    tar -xpf "$archive" -C / --strip-components=1 "$unit"
    systemctl daemon-reload
    systemctl enable --quiet "$unit"
    action=restart
  fi
  if ! systemctl "$action" "$unit"; then
    echo "$unit does not start; its last words:" >&2
    journalctl --unit="$unit" --lines=12 --no-pager --output=cat >&2
    exit 1
  fi
  echo "$key" > "$stamps/$unit"
  echo "$unit"
done
`;

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
  const { stdout } = await execChecked(lab, host, "starting the services of the cluster", APPLY, {
    input: tar([{ path: "plan", content: plan }, ...files]),
    timeoutSeconds: START_SECONDS,
  });
  return stdout.split("\n").filter((line) => line !== "");
}

function keyOf(service: HostService): string {
  return createHash("sha256").update(JSON.stringify(service)).digest("hex");
}
