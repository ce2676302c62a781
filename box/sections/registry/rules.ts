import { isOn, membersOf, type Draft } from "../../draft.ts";
import { declaredWebRoutes } from "../../routes.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { registryNameFault } from "../containerRuntime/rules.ts";
import { registryLocation, registryRoute } from "./place.ts";

const section = "registry";

/** The registry has web servers in front of it, which serve its name. */
export function* behindWebservers(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section)) return;
  const path = pathOf(section, "name");
  const { name } = draft.registry;
  if (!draft.written.has("webservers")) {
    yield {
      path: section,
      message: "is reached through web servers, and the box has none: write webservers, or leave it out",
    };
    return;
  }
  const { serverNames } = draft.webservers;
  if (name === undefined || serverNames === undefined || serverNames.length === 0 || serverNames.includes(undefined))
    return;
  const isServed = serverNames.some(
    (one = "") => one === name || (one.startsWith("*.") && name.endsWith(one.slice(1))),
  );
  if (!isServed) yield { path, message: `"${name}" is not among webservers.serverNames: add it there` };
}

/** Its name can stand in front of an image's. */
export function* nameInImages(draft: Draft): Generator<Violation> {
  const { name } = draft.registry;
  const fault = name === undefined ? undefined : registryNameFault(name);
  if (fault !== undefined) yield { path: pathOf(section, "name"), message: `"${name ?? ""}" ${fault}` };
}

/** Its hosts are where web servers look for it, and where nothing keeps them out. */
export function* registryHosts(draft: Draft): Generator<Violation> {
  const { pool, storage } = draft.registry;
  if (pool === undefined) return;
  const path = pathOf(section, "pool");
  const members = membersOf(draft, pool);
  const { upstreamNetwork } = draft.webservers;
  const apart = members.find((host) => !isOn(draft, host, upstreamNetwork));
  if (upstreamNetwork !== undefined && draft.networks.has(upstreamNetwork) && apart !== undefined)
    yield { path, message: `${apart} of ${pool} is not on ${upstreamNetwork}, where the web servers look for it` };
  const gateways = new Set(membersOf(draft, draft.kubeGateways.pool));
  const gateway = members.find((host) => gateways.has(host));
  if (gateway !== undefined)
    yield {
      path,
      message: `${gateway} of ${pool} is a kube gateway, which lets nothing but routes in: write a pool of other hosts`,
    };
  if (members.length > 1 && storage?.shared === false && draft.registry.kind === "docker-registry") {
    const message = `has ${members.length} hosts, each of which would have images of its own: write a pool of one, or storage.shared: true for a volume that all have mounted`;
    yield { path, message };
  }
}

/** Nobody else has its location, or its name among the routes. */
export function* registryPlace(draft: Draft): Generator<Violation> {
  if (!draft.written.has(section)) return;
  for (const { name, location, locationPath, path } of declaredWebRoutes(draft)) {
    if (location === registryLocation)
      yield { path: locationPath, message: `${registryLocation} is where the registry is: choose another location` };
    if (name === registryRoute)
      yield { path, message: `"${name}" is the name of the registry's own route: choose another`, isKey: true };
  }
}

/** Hosts that pull from it do so as its user, and in its way. */
export function* pulledFrom(draft: Draft): Generator<Violation> {
  const { name, username, kind } = draft.registry;
  const entry = name === undefined ? undefined : draft.containerRuntime.registries?.[name];
  if (name === undefined || entry === undefined) return;
  const path = pathOf("containerRuntime", "registries", name);
  if (
    kind === "docker-registry" &&
    username !== undefined &&
    !draft.refused.has(pathOf(path, "username")) &&
    entry.username !== username
  ) {
    const written = entry.username === undefined ? "is missing" : `"${entry.username}" is nobody there`;
    yield {
      path: pathOf(path, "username"),
      message: `${written}: the registry of this box has the user "${username}"`,
    };
  }
  if (kind === "docker-registry" && entry.authentication === "token")
    yield {
      path: pathOf(path, "authentication"),
      message: "token is not how the registry of this box is logged in to: write basic",
    };
  if (kind === "gitlab" && entry.username !== undefined && entry.authentication === "basic")
    yield {
      path: pathOf(path, "authentication"),
      message: "basic is not how GitLab's registry is logged in to: write token",
    };
}

/** The port beside its own, where it tells of its health. */
export function* healthPort(draft: Draft): Generator<Violation> {
  const { port } = draft.registry;
  if (port === 65535)
    yield { path: pathOf(section, "port"), message: "65535 has no next one, for its health: write a lower one" };
}
