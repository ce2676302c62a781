/** What the names of Linux interfaces are held to; the schema asks, and the rules about names that follow from others. */

/** Longest name of a Linux interface: IFNAMSIZ without the closing NUL. */
export const longestInterfaceName = 15;

/**
 * Whether a word of the right letters cannot name an interface all the same: the kernel refuses "." and ".."
 * (dev_valid_name), "all" and "default" are entries of /proc/sys/net/ipv4/conf beside the interfaces, "lo" is there already,
 * programs take a number for an interface's index, and what begins with "-" for an option.
 */
export function isTakenByLinux(word: string): boolean {
  return ["all", "default", "lo", ".", ".."].includes(word) || word.startsWith("-") || /^\d+$/.test(word);
}
