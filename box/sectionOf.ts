import type { Box, Consul, ControlPlane, Dns, GitLab, Grafana, KubeGateways, Tools, Webservers } from "./model.ts";
import type { ContainerRegistry } from "./sections/registry/index.ts";
import type { ContainerRuntime } from "./sections/containerRuntime/index.ts";
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

/**
 * What runs the containers of a box, for what is made of it alone.
 *
 * @throws BoxError when the box has none.
 */
export function containerRuntimeOf(box: Box): ContainerRuntime {
  return box.containerRuntime ?? absent(box, "containerRuntime", "runs no containers");
}

/**
 * The registry of a box, for what is made of it alone.
 *
 * @throws BoxError when the box has none.
 */
export function containerRegistryOf(box: Box): ContainerRegistry {
  return box.registry ?? absent(box, "registry", "has no registry");
}

/**
 * The load balancer of the API of a box, for what is made of it alone.
 *
 * @throws BoxError when the box has none.
 */
export function controlPlaneOf(box: Box): ControlPlane {
  return box.controlPlane ?? absent(box, "controlPlane", "has no load balancer for the Kubernetes API");
}

/**
 * The tools of a box, for what is made of them alone.
 *
 * @throws BoxError when the box has none.
 */
export function toolsOf(box: Box): Tools {
  return box.tools ?? absent(box, "tools", "has no tools behind its web servers");
}

/**
 * The name servers of a box, for what is made of them alone.
 *
 * @throws BoxError when the box has none.
 */
export function dnsOf(box: Box): Dns {
  return box.dns ?? absent(box, "dns", "has no name servers");
}

/**
 * The GitLab of a box, for what is made of it alone.
 *
 * @throws BoxError when the box has none.
 */
export function gitlabOf(box: Box): GitLab {
  return box.gitlab ?? absent(box, "gitlab", "has no GitLab");
}

/**
 * Grafana of a box, for what is made of it alone.
 *
 * @throws BoxError when the box runs none.
 */
export function grafanaOf(box: Box): Grafana {
  return box.grafana ?? absent(box, "grafana", "runs no Grafana");
}

/**
 * Consul's cluster of a box, for what is made of it alone.
 *
 * @throws BoxError when the box has none.
 */
export function consulOf(box: Box): Consul {
  return box.consul ?? absent(box, "consul", "has no Consul");
}

function absent(box: Box, section: string, what: string): never {
  const message = `is missing, so the box ${what}: write the section, or leave out what is made of it`;
  throw new BoxError(`Box "${box.name}"`, [{ path: section, message }]);
}
