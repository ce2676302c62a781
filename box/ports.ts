/** The ports that Kubernetes gives to NodePort Services: kube-apiserver's default `--service-node-port-range`. */
export const nodePortRange: { readonly first: number; readonly last: number } = { first: 30000, last: 32767 };

/** The range as messages show it. */
export const nodePorts = `${nodePortRange.first}–${nodePortRange.last}`;

/** Whether a port can be a NodePort. */
export function isNodePort(port: number): boolean {
  return nodePortRange.first <= port && port <= nodePortRange.last;
}

/**
 * Ports of a gateway that no route may open: each is already listened on there by what makes the machine a node of the
 * cluster, or would lead web servers to the cluster's own doors.
 */
export const reservedPorts: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [179, "Calico's BGP"],
  [2379, "etcd's clients"],
  [2380, "etcd's peers"],
  [10248, "the kubelet's health"],
  [10249, "kube-proxy's metrics"],
  [10250, "the kubelet"],
  [10256, "kube-proxy's health"],
  [10257, "the controller manager"],
  [10259, "the scheduler"],
]);

/** What a web server serves its clients on. */
export const webPorts: readonly number[] = [80, 443];

/**
 * Source ports of translated connections begin here, those of connections from ports below 1024 too. What is served past
 * connection tracking has a port below: an answer to a translated connection is never taken for a client's packet.
 */
export const leastTranslatedPort = 600;
