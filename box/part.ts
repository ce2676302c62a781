import type { Box } from "./model.ts";

/** The box that a part of it was made with. */
const boxes = new WeakMap<object, Box>();

/** Keeps which box its parts are of, for as long as there are these. */
export function rememberParts(box: Box): void {
  const {
    kubeGateways,
    webservers,
    monitoring,
    hostNetworks,
    natGateways,
    virtualIps,
    sharedVolumes,
    services,
    containerRuntime,
    registry,
    controlPlane,
    tools,
    grafana,
    dns,
    gitlab,
    consul,
  } = box;
  const parts: readonly (object | undefined)[] = [
    kubeGateways,
    ...(kubeGateways?.routes ?? []),
    webservers,
    ...(webservers?.routes ?? []),
    monitoring,
    containerRuntime,
    registry,
    registry?.route,
    controlPlane,
    tools,
    grafana,
    dns,
    gitlab,
    consul,
    hostNetworks,
    ...natGateways,
    ...Object.values(virtualIps),
    ...Object.values(sharedVolumes),
    ...services,
    ...services.flatMap(({ gateway, web }) => [gateway, web]),
  ];
  for (const part of parts) if (part !== undefined) boxes.set(part, box);
}

/**
 * The box that a section of it, or an entry of one, belongs to; undefined for what is no part of a box that this program has
 * read, a copy of one for example.
 *
 * @example boxOfPart(box.kubeGateways) === box;
 */
export function boxOfPart(part: object): Box | undefined {
  return boxes.get(part);
}
