/** What Prometheus asks: every place where a program of the box tells its metrics, from the registry. */
import type { Box, Host } from "../../box/model.ts";
import type { Assembly, Registry } from "../assembly.ts";
import { endpoint, entry } from "../scalars.ts";

/** One program of one host. */
export interface Target {
  readonly job: string;
  /** `ADDRESS:PORT` */
  readonly place: string;
  /** Where it differs from `/metrics`. */
  readonly path?: string;
  /** Of its job. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly host: string;
  /** The pool that it is on the host for. */
  readonly pool: string;
  readonly assembly: string;
}

/**
 * All targets on the networks that a server of monitoring is on, host by host. Others it could not reach.
 *
 * @example targetsOf(box, server, registry)[0] // { job: "node", place: "192.168.2.1:9100", host: "webserver-1", … }
 */
export function targetsOf(box: Box, server: Host, registry: Registry): Target[] {
  return Object.values(box.hosts).flatMap((host) =>
    registry.assembliesOf(box, host).flatMap((assembly) =>
      (assembly.metrics?.(box, host) ?? [])
        .filter(({ network }) => Object.hasOwn(server.addresses, network))
        .map(({ job, network, port, path = "/metrics", parameters }): Target => {
          const own = entry(host.addresses, network, `addresses of ${host.name}`);
          return {
            job,
            place: endpoint(own, port, `${job} on ${host.name}`),
            ...(path === "/metrics" ? {} : { path }),
            ...(parameters === undefined ? {} : { parameters }),
            host: host.name,
            pool: poolOf(box, host, assembly),
            assembly: assembly.name,
          };
        }),
    ),
  );
}

/** Names of the jobs, each once, in order. */
export function jobsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(({ job }) => job))].sort();
}

/**
 * `targets/JOB.json`, as `file_sd_configs` reads it: a group for each target, as its labels are its own.
 *
 * @see https://prometheus.io/docs/prometheus/2.42/configuration/configuration/#file_sd_config
 */
export function targetsFile(targets: readonly Target[]): string {
  const groups = targets.map(({ place, path, host, pool, assembly }) => ({
    targets: [place],
    labels: { host, pool, assembly, ...(path === undefined ? {} : { __metrics_path__: path }) },
  }));
  return `[\n${groups.map((group) => `  ${JSON.stringify(group)}`).join(",\n")}\n]\n`;
}

function poolOf(box: Box, { name }: Host, assembly: Assembly): string {
  const own = assembly.pools(box).find((pool) => box.pools[pool]?.members.includes(name));
  return own ?? "";
}
