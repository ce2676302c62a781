/** Grafana, as the model has it. */
export interface Grafana {
  /** The entry of `aptRepositories` that its package comes from. */
  readonly repository: string;
  /** The package: the free one, or the vendor's other build of the same program. */
  readonly package: "grafana" | "grafana-enterprise";
  readonly pool: string;
  /** The network that it listens on: where web servers look for it. */
  readonly network: string;
  readonly port: number;
  /** What all its paths begin with, with a slash at both ends: that of `tools.grafana`. */
  readonly path: string;
  /** Where people find it, with a slash at its end. */
  readonly url: string;
}
