import type { Box, Host } from "../../box/model.ts";
import { webserversOf } from "../../box/sectionOf.ts";
import type { OpenPort } from "../assembly.ts";
import { entry } from "../scalars.ts";

/** What is open on a tool's host because of it: its port, to the web servers alone. What listens there the stack need not know. */
export function toolPorts(box: Box, host: Host): OpenPort[] {
  if (box.tools === undefined) return [];
  const { network, list } = box.tools;
  const { members } = entry(box.pools, webserversOf(box).pool, "pools of the box");
  const from = members.flatMap((member) => box.hosts[member]?.addresses[network] ?? []);
  return list
    .filter((tool) => tool.members.some(({ name }) => name === host.name))
    .map(({ name, port }) => ({
      network,
      protocol: "tcp",
      port,
      from,
      purpose: `${name}, for the web servers`,
      path: `tools.${name}.upstream.port`,
      unknownListener: true,
    }));
}
