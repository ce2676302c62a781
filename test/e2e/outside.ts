/** The outside of the lab: a web server on the client's machine, which a box reaches by its NAT gateways alone. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../lab/hosts/exec.ts";
import { runInNamespace, runInNamespaceChecked } from "../../lab/network/namespaces.ts";
import { namespaceOf, namespacePath, type Lab } from "../../lab/state.ts";
import { onHost, WEB, world } from "./world.ts";

const ADDRESS = "192.168.0.100";
const PORT = 8099;

/** What a box has to ask for. */
export const OUTSIDE = { address: ADDRESS, url: `http://${ADDRESS}:${PORT}/` } as const;

/** Answers with the address that the request came from, as this machine sees it. */
const PROGRAM = `
  const { createServer } = require("node:http");
  const answer = (request, response) => response.end(request.socket.remoteAddress);
  createServer(answer).listen(${PORT}, "${ADDRESS}", () => console.log("listening"));
`;

/** Has the server run for as long as the suite does that calls this: first of its hooks. */
export function withOutside(): void {
  let stop: (() => Promise<void>) | undefined;
  before(async () => {
    stop = await startOutside((await world()).lab);
  });
  after(() => stop?.());
}

/** Starts the server; the function that it resolves to ends it. */
async function startOutside(lab: Lab): Promise<() => Promise<void>> {
  const inside = [`--net=${namespacePath(namespaceOf(lab, "client"))}`, "--", process.execPath, "-e", PROGRAM];
  const server = spawn("nsenter", inside, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  await Promise.race([once(server.stdout, "data"), ended]);
  if (server.exitCode !== null) throw new Error(`the server outside ended with status ${server.exitCode}`);
  return async () => {
    server.kill("SIGKILL");
    await ended;
  };
}

/**
 * Asks the outside from a host of the box.
 *
 * @returns the source address that the outside saw; what curl said, if there was no answer within five seconds
 */
export async function sourceSeenOutside(lab: Lab, host: string): Promise<string> {
  const { code, stdout, stderr } = await exec(lab, host, `curl -sS -m 5 ${OUTSIDE.url}`, { timeoutSeconds: 15 });
  return code === 0 ? stdout : stderr.trim();
}

/** A table of the tests' own on the web servers: who asks the outside through them. */
const TRACE = "inet gatebox_test_trace";

/** Has each web server note the sources of what comes to it from the gateway network for the server outside. */
export async function startTrace(lab: Lab): Promise<void> {
  const rules = `table ${TRACE} {}
delete table ${TRACE}
table ${TRACE} {
  set sources {
    type ipv4_addr
    flags dynamic
    size 64
  }
  chain seen {
    type filter hook prerouting priority -450
    iifname "gateway-network" ip daddr ${ADDRESS} tcp dport ${PORT} add @sources { ip saddr }
  }
}
`;
  for (const host of WEB) {
    await runInNamespaceChecked("note who asks", namespaceOf(lab, host), "nft", ["-f", "-"], rules);
  }
}

/** The sources noted since the last call, by either web server. */
export async function sourcesOnGatewayNetwork(lab: Lab): Promise<readonly string[]> {
  const found: string[] = [];
  for (const host of WEB) {
    const namespace = namespaceOf(lab, host);
    const { stdout } = await runInNamespace(namespace, "nft", ["list", "set", ...TRACE.split(" "), "sources"]);
    found.push(...(/elements = \{([^}]*)\}/.exec(stdout)?.[1]?.match(/\d+(\.\d+){3}/g) ?? []));
    await runInNamespaceChecked("forget who asked", namespace, "nft", ["flush", "set", ...TRACE.split(" "), "sources"]);
  }
  return [...new Set(found)];
}

/** Ends {@link startTrace}. */
export async function stopTrace(lab: Lab): Promise<void> {
  for (const host of WEB) await runInNamespace(namespaceOf(lab, host), "nft", ["delete", "table", ...TRACE.split(" ")]);
}

/** Waits until a host alone of some holds an address: after a boot its keepalived starts and its health is asked for a second. */
export async function holds(lab: Lab, address: string, holder: string, others: readonly string[]): Promise<void> {
  const has = async (host: string): Promise<boolean> =>
    (await onHost(lab, host, `ip -o -4 address show to ${address}/32`)) !== "";
  const settled = async (): Promise<boolean> => {
    const [own, ...rest] = await Promise.all([holder, ...others].map(has));
    return own === true && !rest.includes(true);
  };
  // Twenty times what it takes on a quiet machine.
  const deadline = Date.now() + 40_000;
  while (!(await settled())) {
    if (Date.now() > deadline) throw new Error(`${holder} does not hold ${address}, or is not alone`);
    await sleep(200);
  }
}
