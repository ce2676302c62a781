/** The load balancer of the Kubernetes API, as the model has it. */
import type { Member } from "../../model.ts";

/** The load balancer of the Kubernetes API: HAProxy on the hosts of a VIP, in front of the masters. */
export interface ControlPlane {
  /** The VIP that clients ask at, and its address. */
  readonly virtualIp: string;
  readonly address: string;
  /** The pool of the load balancers: the VIP's. */
  readonly pool: string;
  /** The network of the VIP, of the masters and of clients. */
  readonly network: string;
  readonly port: number;
  /** The API servers. */
  readonly masters: readonly Member[];
  readonly apiPort: number;
  /** Host names under which clients ask. */
  readonly serverNames: readonly string[];
  /** The cluster's CA in PEM; several certificates while it is changed. */
  readonly ca: string;
  readonly metricsPort: number;
  /** Where etcd tells its metrics on each master; undefined where it is not watched. */
  readonly etcdMetricsPort?: number | undefined;
  /** How API servers are asked whether they are ready. */
  readonly check: {
    readonly intervalMs: number;
    /** Milliseconds in which an answer has to come. */
    readonly answerMs: number;
    readonly fall: number;
    readonly rise: number;
  };
}
