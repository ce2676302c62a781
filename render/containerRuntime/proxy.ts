/** The proxy that images come through, and all that is reached without it. */
import type { Box } from "../../box/model.ts";

/** Lines of containerd's drop-in that say so; none without a proxy. */
export function proxyLines(box: Box): string[] {
  const { proxy } = box.containerRuntime ?? {};
  if (proxy === undefined) return [];
  const { http, https = http } = proxy;
  const variables = [["HTTP_PROXY", http], ["HTTPS_PROXY", https], ["NO_PROXY", noProxy(box).join(",")]] as const; // prettier-ignore
  return variables.flatMap(([name, value]) => (value === undefined ? [] : [`Environment="${name}=${value}"`]));
}

/**
 * What is reached without a proxy: the host itself, every network of the box, its hosts, the names that its web servers serve,
 * those of its registry and of its Kubernetes API, what names inside of the cluster end with, and what the stack adds. An
 * address matches by its network; Go looks up no name for that, so names are listed beside.
 */
export function noProxy(box: Box): string[] {
  const networks = Object.values(box.networks).flatMap(({ cidr, ipv6 }) => [
    cidr,
    ...(ipv6 === undefined ? [] : [ipv6]),
  ]);
  const served = (box.webservers?.serverNames ?? []).map((name) => name.replace(/^\*\./, "."));
  const named = [...(box.registry === undefined ? [] : [box.registry.name]), ...(box.controlPlane?.serverNames ?? [])];
  const own = ["localhost", "127.0.0.0/8", "::1", ...networks, ...Object.keys(box.hosts), ...served, ...named];
  return [...new Set([...own, ".svc", ".cluster.local", ...(box.containerRuntime?.proxy?.noProxy ?? [])])];
}
