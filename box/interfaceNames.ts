/** What the names of Linux interfaces are held to; the schema asks, and the rules about names that follow from others. */

/** Longest name of a Linux interface: IFNAMSIZ without the closing NUL. */
export const longestInterfaceName = 15;

/**
 * Interfaces of pods, as Calico and the standard bridge plugin name them, in nftables' way of writing. Between them and the
 * rest of a host nothing is in the way, so no network of the box may be taken for one.
 */
export const podInterfaces: readonly string[] = ["cali*", "tunl0", "vxlan.calico", "cni0"];

function isOfPods(word: string): boolean {
  return podInterfaces.some((one) => (one.endsWith("*") ? word.startsWith(one.slice(0, -1)) : word === one));
}

/** Why a name of the right letters is no name for the interface of a network; undefined where it is one. */
export function interfaceNameFault(word: string): string | undefined {
  if (isTakenByLinux(word)) return "means something else to Linux";
  if (isOfPods(word)) return "is what interfaces of pods are called, for which firewalls are open";
  return undefined;
}

/**
 * Whether a word of the right letters cannot name an interface all the same: the kernel refuses "." and ".."
 * (dev_valid_name), "all" and "default" are entries of /proc/sys/net/ipv4/conf beside the interfaces, "lo" is there already,
 * programs take a number for an interface's index, and what begins with "-" for an option.
 */
function isTakenByLinux(word: string): boolean {
  return ["all", "default", "lo", ".", ".."].includes(word) || word.startsWith("-") || /^\d+$/.test(word);
}
