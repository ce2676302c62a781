/** The state of a lab as a table for people. */
import { leaderOf } from "./hosts/machine.ts";
import { hostNamed, NETWORK_NAMES, type LabHost } from "./inventory.ts";
import { readRecord, type Lab } from "./state.ts";

/** One row of the table. */
export interface HostStatus {
  readonly host: LabHost;
  readonly up: boolean;
}

/** The hosts of a lab and whether each runs; undefined when the lab is down. */
export async function readStatus(lab: Lab): Promise<readonly HostStatus[] | undefined> {
  const record = await readRecord(lab);
  if (!record) {
    return undefined;
  }
  return Promise.all(
    record.hosts.map(async (name) => ({ host: hostNamed(name), up: (await leaderOf(lab, name)) !== undefined })),
  );
}

/**
 * The status as text, a line per host.
 *
 * @example
 * statusTable([{ host: hostNamed("gateway-1"), up: true }]);
 * // host       state  kubernetes  public-network  gateway-network  box-network
 * // gateway-1  up     node        -               192.168.2.11     192.168.1.11
 */
export function statusTable(rows: readonly HostStatus[]): string {
  const head = ["host", "state", "kubernetes", ...NETWORK_NAMES];
  const body = rows.map(({ host, up }) => [
    host.name,
    up ? "up" : "down",
    host.kubernetes ?? "-",
    ...NETWORK_NAMES.map((network) => host.addresses[network] ?? "-"),
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return padded.join("\n");
}
