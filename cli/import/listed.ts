/** A message names so many; of the others it says how many they are. */
const NAMED = 3;

/**
 * Names for a message.
 *
 * @example
 * listed(["node-1", "node-2", "node-3", "node-4"]); // "node-1, node-2, node-3 and 1 more"
 */
export function listed(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${names.slice(0, NAMED).join(", ")}${more}`;
}
