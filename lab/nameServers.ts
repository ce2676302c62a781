/** Fitting a stack file to the name servers that hosts of a lab can reach. */
import { isMap, parseDocument } from "yaml";

/**
 * A stack file whose name servers ask those that a lab's hosts have: questions to others do not leave a lab. Domains that have
 * servers of their own keep them.
 *
 * @param resolvers addresses; none where the hosts have none
 * @param mirrors names of package mirrors, which may be at private addresses
 */
export function askingResolvers(text: string, resolvers: readonly string[], mirrors: readonly string[]): string {
  const document = parseDocument(text);
  const dns = document.getIn(["config", "gatebox:dns"]);
  if (!isMap(dns)) return text;
  dns.set("forwarders", [...resolvers]);
  if (mirrors.length > 0) dns.set("allowPrivateAnswers", [...mirrors]);
  return document.toString();
}
