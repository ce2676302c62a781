import { webserversOf, type Box } from "../../box/index.ts";
import { entry } from "../scalars.ts";

/**
 * Where clients find a location: under the box's first name, or else at its first web server's address.
 *
 * @example serviceUrl(box, "/argocd/") // "https://protobox.test/argocd/"
 */
export function serviceUrl(box: Box, location: string): string {
  const { network, pool, serverNames } = webserversOf(box);
  const [first = ""] = entry(box.pools, pool, "pools of the box").members;
  const server = serverNames[0] ?? box.hosts[first]?.addresses[network] ?? pool;
  return `https://${server}${location}`;
}
