/** Interfaces of pods, by what they are: a name alone can be given to anything. */

interface PodInterface {
  /** The name, with `*` for any end, as nftables writes it. */
  readonly name: string;
  /** The kind of the link, as `ip -d link` tells it. */
  readonly kind: string;
}

/**
 * Of Calico, flannel, the standard bridge plugin (by its default name and by `pods`) and Docker. They are taken for pods'
 * with packets only whose sender is reached back over that very interface, and never for a network of the box.
 */
export const podInterfaces: readonly PodInterface[] = [
  { name: "cali*", kind: "veth" },
  { name: "tunl0", kind: "ipip" },
  { name: "vxlan.calico", kind: "vxlan" },
  { name: "flannel.1", kind: "vxlan" },
  { name: "cni0", kind: "bridge" },
  { name: "pods", kind: "bridge" },
  { name: "docker0", kind: "bridge" },
];
