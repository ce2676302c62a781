/** What runs in the lab's cluster: stand-ins for the documents' applications, as Kubernetes objects. */
import type { PodImage } from "../pods/image.ts";
import { ROLE_LABEL, type NodeRole } from "./topology.ts";

/** An application that pods stand in for. */
export interface Workload {
  /** Name of the Deployment and value of its pods' label `app`. */
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** Given for what the lab itself offers on a NodePort; the others get their Services from the stack. */
  readonly nodePort?: number;
  /**
   * `worker` keeps pods off the gateways: when a gateway loses its power, Kubernetes goes on sending requests to the pods
   * that were on it for most of a minute, and no test of the path to them could tell that from its own fault. `everywhere`
   * wants the replicas spread over both roles.
   */
  readonly placement: "worker" | "everywhere";
}

/** Several objects in one, as `kubectl` reads them. */
export interface ManifestList {
  readonly apiVersion: "v1";
  readonly kind: "List";
  readonly items: readonly object[];
}

/** Where pods listen. */
const POD_PORT = 8080;

/** The applications of the documents, and one that nobody exposes: its NodePort must be out of reach behind the border. */
export const WORKLOADS: readonly Workload[] = [
  { name: "argocd", namespace: "argocd", replicas: 2, placement: "worker" },
  { name: "pgadmin4", namespace: "postgresql", replicas: 1, placement: "worker" },
  { name: "dash", namespace: "kubernetes-dashboard", replicas: 1, placement: "worker" },
  { name: "keycloak", namespace: "keycloak", replicas: 2, placement: "worker" },
  { name: "kibana", namespace: "logging", replicas: 1, placement: "worker", nodePort: 30163 },
  { name: "v-admin", namespace: "v-admin", replicas: 1, placement: "worker" },
  { name: "undeclared", namespace: "undeclared", replicas: 2, placement: "everywhere", nodePort: 30999 },
];

/**
 * All objects as one List for `kubectl apply`, namespaces first.
 *
 * @example
 * workloadManifests(WORKLOADS, image).items.length;
 */
export function workloadManifests(workloads: readonly Workload[], image: PodImage): ManifestList {
  const namespaces = [...new Set(workloads.map((workload) => workload.namespace))];
  const items = [
    ...namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...workloads.flatMap((workload) => [deployment(workload, image), ...nodePortService(workload)]),
  ];
  return { apiVersion: "v1", kind: "List", items };
}

function deployment(workload: Workload, image: PodImage): object {
  const { name, namespace, replicas } = workload;
  const labels = { app: name };
  const podSpec = {
    // Nothing of it is used: no token to mount, no names to look up, nothing to wait for at the end.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    dnsPolicy: "Default",
    terminationGracePeriodSeconds: 12,
    ...placementOf(workload),
    containers: [{ name: "web", image: image.web, imagePullPolicy: "Never", ...container(name) }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec },
    },
  };
}

function container(name: string): object {
  const field = (fieldPath: string): object => ({ fieldRef: { apiVersion: "v1", fieldPath } });
  return {
    env: [
      { name: "APP_NAME", value: name },
      { name: "POD_NAME", valueFrom: field("metadata.name") },
      { name: "NODE_NAME", valueFrom: field("spec.nodeName") },
      // One processor is all there is for it; Go would make threads for all of the machine's.
      { name: "GOMAXPROCS", value: "1" },
    ],
    ports: [{ name: "http", containerPort: POD_PORT }],
    readinessProbe: { httpGet: { path: "/healthz", port: POD_PORT }, periodSeconds: 5, timeoutSeconds: 3 },
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "128Mi" } },
  };
}

function placementOf({ name, placement }: Workload): object {
  const spread = (topologyKey: string, whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway"): object => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { app: name } },
  });
  if (placement === "everywhere") {
    return { topologySpreadConstraints: [spread(ROLE_LABEL, "DoNotSchedule")] };
  }
  const role: NodeRole = "worker";
  return {
    nodeSelector: { [ROLE_LABEL]: role },
    topologySpreadConstraints: [spread("kubernetes.io/hostname", "ScheduleAnyway")],
  };
}

function nodePortService({ name, namespace, nodePort }: Workload): object[] {
  if (nodePort === undefined) {
    return [];
  }
  const port = { name: "http", port: 80, protocol: "TCP", targetPort: POD_PORT, nodePort };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace, labels: { app: name } },
      spec: { type: "NodePort", selector: { app: name }, ports: [port] },
    },
  ];
}
