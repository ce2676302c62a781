import type { Box } from "../../../box/model.ts";
import { bounded } from "../../../box/printable.ts";
import { warning, wrong, type Finding } from "../finding.ts";
import type { Ask, Reply } from "./api.ts";
import { isMapping, textAt } from "./kubeconfig.ts";

/** A row of what the API server lists as a table. */
interface Row {
  readonly cell: (column: string) => string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** Whether the NodePorts of the stack's services are free, and nobody else's Service has their names. */
export async function portFindings(box: Box, ask: Ask): Promise<readonly Finding[]> {
  const rows = rowsOf(await ask("GET", "api/v1/services"));
  return box.services.flatMap(({ name, app }) => {
    const isOwn = (row: Row): boolean => row.name === name && row.namespace === app.namespace;
    const own = rows.find(isOwn);
    if (own && own.labels["app.kubernetes.io/managed-by"] !== "gatebox") {
      const message = `${app.namespace}/${name} is there, and Gatebox has not made it`;
      return [
        wrong(
          "Service",
          message,
          `remove it (kubectl delete service -n ${app.namespace} ${name}), or give services.${name} another name`,
        ),
      ];
    }
    const holder = rows.find((row) => !isOwn(row) && hasNodePort(row, app.port));
    if (!holder) return [];
    const by = bounded(`${holder.namespace}/${holder.name}`);
    return [
      wrong("Service", `NodePort ${app.port} of ${name} is taken by ${by}`, `give apps.${app.name}.port another one`),
    ];
  });
}

function hasNodePort(row: Row, port: number): boolean {
  return row
    .cell("Port(s)")
    .split(",")
    .some((one) => one.includes(`:${port}/`));
}

/** Whether the gateways are nodes of the cluster, at the addresses that HAProxy asks them at. */
export async function nodeFindings(box: Box, ask: Ask): Promise<readonly Finding[]> {
  const gateways = (box as Partial<Box>).kubeGateways;
  const rows = rowsOf(await ask("GET", "api/v1/nodes"));
  if (!gateways || rows.length === 0) return [];
  const addresses = new Set(rows.map((row) => row.cell("Internal-IP")));
  const known = new Set(rows.map(({ name }) => name));
  const missing = (box.pools[gateways.pool]?.members ?? []).flatMap((host) => {
    const address = box.hosts[host]?.addresses[gateways.backendNetwork];
    if (address === undefined || addresses.has(address)) return [];
    return [`${host} (${address}${known.has(host) ? "; its node has another address" : ""})`];
  });
  if (missing.length === 0) return [];
  const hint = "kubectl get nodes -o wide; routes to the gateways' own NodePorts need them as nodes";
  return [warning("nodes", `no node of the cluster is ${missing.join(", ")}`, hint)];
}

/** The rows of a table; none where it may not be seen. */
function rowsOf({ status, body }: Reply): readonly Row[] {
  if (status !== 200 || !isMapping(body)) return [];
  const columns = listAt(body, "columnDefinitions").map((column) => textAt(column, "name") ?? "");
  return listAt(body, "rows").map((row) => {
    const cells = listAt(row, "cells");
    const object = isMapping(row) ? row["object"] : undefined;
    const metadata = isMapping(object) ? object["metadata"] : undefined;
    const labels = isMapping(metadata) ? metadata["labels"] : undefined;
    return {
      cell: (column) => textIn(cells[columns.indexOf(column)]),
      name: textAt(metadata, "name") ?? "",
      namespace: textAt(metadata, "namespace") ?? "",
      labels: isMapping(labels) ? labels : {},
    };
  });
}

function textIn(cell: unknown): string {
  return typeof cell === "string" ? cell : "";
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = isMapping(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}
