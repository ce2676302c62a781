import type { z } from "zod";
import { addressOn, membersOf } from "../../draft.ts";
import type { WebserverRoute } from "../../model.ts";
import type { Section } from "../section.ts";
import { registryLocation, registryRoute } from "./place.ts";
import { behindWebservers, healthPort, nameInImages, pulledFrom, registryHosts, registryPlace } from "./rules.ts";
import { oneVolume, placeOfImages } from "./storage.ts";
import { schema } from "./schema.ts";

type Written = NonNullable<z.output<typeof schema>>;

/** The box's own registry: the section with its defaults, and its way through the web servers. */
export type ContainerRegistry = Written & {
  readonly route: WebserverRoute;
  /** The network on which web servers look for it. */
  readonly network: string;
};

/** Seconds that a push may take to be stored: some registries copy a whole layer before they answer. */
const patience = "900s";

// Layers are large: they pass as they come, unbounded, and nothing of them is spooled on the web servers.
const params = [
  ["proxy_pass", "http://stream_container_registry"],
  ["client_max_body_size", "0"],
  ["proxy_request_buffering", "off"],
  ["proxy_buffering", "off"],
  ["proxy_read_timeout", patience],
].map(([directive = "", value = ""]) => ({ type: "single", directive, value }) as const);

/** Where the box's own images are. */
export const registry: Section<"registry", typeof schema> = {
  name: "registry",
  schema,
  rules: [
    nameInImages,
    behindWebservers,
    registryHosts,
    registryPlace,
    pulledFrom,
    healthPort,
    placeOfImages,
    oneVolume,
  ],
  resolve: ({ draft, configuration: { registry, webservers } }) => {
    if (registry === undefined || webservers === undefined) return undefined;
    const { upstreamNetwork: network } = webservers;
    const members = membersOf(draft, registry.pool).map((name) => ({
      name,
      address: addressOn(draft, name, network) ?? "",
      port: registry.port,
    }));
    // Each request of an upload goes on where the last one ended, and on shared storage another host may see that a second late.
    const upstream = { name: "stream_container_registry", members, firstAlone: true };
    const route = {
      name: registryRoute,
      location: registryLocation,
      params,
      upstream,
      websocket: false,
      passHeaders: [],
    };
    return { ...registry, network, route };
  },
};
