import type { Box, KubeGateways, Webservers } from "./model.ts";
import { BoxError } from "./violations.ts";

/**
 * The gateways of a box, for what is made of them alone.
 *
 * @throws BoxError when the box has none.
 */
export function kubeGatewaysOf(box: Box): KubeGateways {
  return box.kubeGateways ?? absent(box, "kubeGateways", "has no gateways");
}

/**
 * The web servers of a box, for what is made of them alone.
 *
 * @throws BoxError when the box has none.
 */
export function webserversOf(box: Box): Webservers {
  return box.webservers ?? absent(box, "webservers", "has no web servers");
}

function absent(box: Box, section: string, what: string): never {
  const message = `is missing, so the box ${what}: write the section, or leave out what is made of it`;
  throw new BoxError(`Box "${box.name}"`, [{ path: section, message }]);
}
