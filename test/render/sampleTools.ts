/** The Protobox with tools behind its web servers, on a host of namespaces with both tools' hosts beside it. */
import assert from "node:assert/strict";
import type { Box } from "../../box/index.ts";
import { toolSecretsOf } from "../../components/toolSecrets.ts";
import { toolFiles, toolUserFiles } from "../../render/tools/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";
import { Sandbox } from "./sandbox/sandbox.ts";

/** Each of the five, as a stack file has them: all run on the NAT gateways, the pool of monitoring. */
export const allTools = {
  prometheus: {},
  alertmanager: {},
  grafana: {},
  consul: {},
  gitlab: { upstream: { port: 8080 } },
};

export const toolsPassword = "correct-horse-battery";

/** What must be found nowhere but in the two secret files. */
export const credentials = Buffer.from(`operator:${toolsPassword}`).toString("base64");

export function toolsBox(tools: object = allTools, others: Changes = {}): Box {
  return parseProtobox({ tools, ...others });
}

/** All of a web server's files that concern tools, and its base. */
export function webserverWithTools(box: Box, password = toolsPassword): TreeFile[] {
  const asks = box.tools!.list.some(({ auth }) => auth === "password");
  const users = asks ? toolUserFiles(box.tools!, toolSecretsOf(box, password)) : [];
  return [...webserverFiles(box, box.hosts["webserver-1"]!), ...toolFiles(box), ...users];
}

export const clients = "public-network";
export const toolHosts = "gateway-network";

/** A web server between its clients, at 192.168.0.100, and the addresses of gateway-4 and gateway-5. */
export async function toolsSandbox(box: Box): Promise<Sandbox> {
  const host = await Sandbox.make([
    { network: clients, address: "192.168.0.30", neighbour: "192.168.0.100" },
    { network: toolHosts, address: "192.168.2.1", neighbour: "192.168.2.14" },
  ]);
  host.run("ip addr add 192.168.2.15/24 dev peer", toolHosts);
  const { code, stderr } = host.apply("webserver", webserverWithTools(box));
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return host;
}
