import { addressOn, type Draft } from "../../draft.ts";
import type { Section } from "../section.ts";
import { declaredTools, type DeclaredTool } from "./declared.ts";
import type { Tool } from "./model.ts";
import { consulByItself } from "./consul.ts";
import { behindWebservers, toolAuth, toolHosts, toolPlaces, toolPorts, toolsByName } from "./rules.ts";
import { schema } from "./schema.ts";

/** The tools of who operates the box. */
export const tools: Section<"tools", typeof schema> = {
  name: "tools",
  schema,
  rules: [behindWebservers, toolHosts, toolPorts, toolAuth, toolPlaces, toolsByName, consulByItself],
  resolve: ({ draft, configuration: { tools, webservers } }) => {
    if (tools === undefined || webservers === undefined) return undefined;
    const { upstreamNetwork: network } = webservers;
    const { username, oidcProxy } = tools;
    return {
      username,
      oidcProxy,
      network,
      list: declaredTools(draft).map((tool) => resolvedTool(draft, network, tool)),
    };
  },
};

function resolvedTool(draft: Draft, network: string, { name, place, pool, hosts, port, auth }: DeclaredTool): Tool {
  if (place === undefined || port === undefined || auth === undefined)
    throw new Error(`tool ${name} was not resolved; a rule is missing`);
  const members = hosts.map((host) => ({
    name: host,
    address: addressOn(draft, host, network) ?? "",
    port,
  }));
  return { name, path: place, auth, ...(pool === undefined ? {} : { pool }), port, members };
}
