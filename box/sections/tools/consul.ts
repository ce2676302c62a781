/** The tool `consul` of a box that has a section `consul`: where it runs and on which port follows from there. */
import { membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { serversOf } from "../consul/places.ts";
import { consulHosts, declaredTools, isRunByBox } from "./declared.ts";
import { toolPrograms } from "./programs.ts";

/** What Consul takes for `ui_config.content_path` (its `agent/config`, "ui-content-path can only contain"). */
const contentPath = /^(?!\/v\d+\/$)[A-Za-z0-9/_-]+$/;

/** What `tools.consul` says beside the section `consul` is no other than what that says, and web servers find a server there. */
export function* consulByItself(draft: Draft): Generator<Violation> {
  const tool = declaredTools(draft).find(({ name }) => name === "consul" && isRunByBox(draft, name));
  if (tool === undefined) return;
  const servers = serversOf(draft);
  const { port } = toolPrograms.consul;
  const other = membersOf(draft, tool.pool).find((host) => !servers.includes(host));
  if (other !== undefined && servers.length > 0)
    yield {
      path: pathOf(tool.path, "upstream", "pool"),
      message: `${other} of ${tool.pool ?? ""} is no server of Consul (consul.servers): leave it out, and it follows from there`,
    };
  if (tool.port !== undefined && tool.port !== port)
    yield {
      path: pathOf(tool.path, "upstream", "port"),
      message: `is ${tool.port}, and the servers of the box's Consul (consul.servers) listen on ${port}: leave it out`,
    };
  if (tool.place !== undefined && !contentPath.test(tool.place))
    yield {
      path: pathOf(tool.path, "path"),
      message: `${tool.place} is no path that Consul takes (consul): write letters, digits, "-" and "_", and no version such as /v1/`,
    };
  const { upstreamNetwork } = draft.webservers;
  if (servers.length === 0 || upstreamNetwork === undefined || !draft.networks.has(upstreamNetwork)) return;
  if (consulHosts(draft).length === 0)
    yield {
      path: pathOf("consul", "servers"),
      message: `none of ${servers.join(", ")} is where the web servers could ask it for ${tool.path}: name a host on ${upstreamNetwork} that is no kube gateway, or leave ${tool.path} out`,
    };
}
