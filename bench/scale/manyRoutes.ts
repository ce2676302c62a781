/** The Protobox with many routes more: what a box looks like that has grown for years. */
import { parseDocument } from "yaml";
import { parseBox, type Box } from "../../box/index.ts";
import { readOfProject } from "../../lab/stack.ts";

/** Servers behind each route; with 1,000 routes these are the 5,000 of the requirement. */
const SERVERS = 5;

/** First port of the routes that are added: 1,000 NodePorts from here are free in the Protobox. */
const FIRST_PORT = 31_000;

/** Hosts of the lab that refuse at once what they do not serve; a silent address would make checks wait. */
const ADDRESSES = ["192.168.1.11", "192.168.1.12", "192.168.1.13", "192.168.1.21", "192.168.1.51"] as const;

/** Where the routes stand: in the gateways' own table, or as services that make three things each. */
export type Placement = "routes" | "services";

/**
 * A stack file with some routes more.
 *
 * @param check milliseconds between health checks, to have two texts that differ in every route
 * @example withRoutes(await stackFile(project, "protobox"), "routes", 1000)
 */
export function withRoutes(stackFile: string, placement: Placement, count: number, check = 2000): string {
  const document = parseDocument(stackFile);
  for (let index = 0; index < count; index += 1) {
    const name = `route-${index}`;
    if (placement === "routes") {
      document.setIn(["config", "gatebox:kubeGateways", "routes", name], document.createNode(ownRoute(index, check)));
    } else {
      const app = { port: FIRST_PORT + index, namespace: "argocd", targetPort: 8080 };
      document.setIn(["config", "gatebox:apps", name], document.createNode(app));
      document.setIn(["config", "gatebox:services", name], document.createNode({ app: name, options: ["httplog"] }));
    }
  }
  return document.toString();
}

function ownRoute(index: number, intervalMs: number): object {
  const port = FIRST_PORT + index;
  const addresses = ADDRESSES.slice(0, SERVERS).map((address, server) => ({ name: `server-${server}`, address, port }));
  return {
    mode: "http",
    port,
    destination: { addresses, balance: "roundrobin", options: ["httplog"], check: { intervalMs } },
  };
}

/** The values of a stack file's configuration, as the program gets them. */
export function valuesOf(stackFile: string): Readonly<Record<string, unknown>> {
  const { config } = parseDocument(stackFile).toJS() as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^gatebox:/, ""), value]));
}

/** The box of a stack file, with a host key that stands for all. */
export function boxOf(values: Readonly<Record<string, unknown>>): Box {
  return parseBox({ name: "protobox", values, readFile: readOfProject, knownHosts: standInKeys(values) });
}

/** A well-formed public key of nobody: nothing connects with it. */
const KEY = `ssh-ed25519 ${Buffer.concat([lengthed("ssh-ed25519"), lengthed(Buffer.alloc(32, 7))]).toString("base64")}`;

function lengthed(value: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, Buffer.from(value)]);
}

function standInKeys(values: Readonly<Record<string, unknown>>): string {
  const hosts = Object.values(values["hosts"] as Record<string, { addresses: Record<string, string> }>);
  return hosts.flatMap(({ addresses }) => Object.values(addresses).map((address) => `${address} ${KEY}\n`)).join("");
}
