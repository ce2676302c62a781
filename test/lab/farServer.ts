/**
 * A web server somewhere beyond the machine: a network namespace behind a cable of the machine, with addresses of the
 * test's choice that the machine routes there.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { addNamespace, ip, removeNamespace } from "../../lab/network/namespaces.ts";
import { run } from "../../lab/run.ts";
import { namespacePath } from "../../lab/state.ts";

/** The running server. */
export interface FarServer {
  close(): Promise<void>;
}

const PROGRAM = `
  const { createServer } = require("node:http");
  const ports = process.argv.slice(1).map(Number);
  let listening = 0;
  for (const port of ports) {
    createServer((request, response) => response.end("far away")).listen(port, "0.0.0.0", () => {
      listening += 1;
      if (listening === ports.length) console.log("listening");
    });
  }
`;

/** Serves on every address and port given. The cable uses two addresses of the benchmarking network (RFC 2544). */
export async function startFarServer(
  name: string,
  addresses: readonly string[],
  ports: readonly number[],
): Promise<FarServer> {
  const cable = `gbfar${process.pid}`.slice(0, 15);
  await addNamespace(name);
  let server: ChildProcess | undefined;
  const close = async (): Promise<void> => {
    server?.kill("SIGKILL");
    await removeNamespace(name);
    await run("ip", ["link", "delete", cable]);
  };
  try {
    await ip(undefined, [
      `link add name ${cable} type veth peer name machine netns ${name}`,
      `address add 198.18.255.1/30 dev ${cable}`,
      `link set ${cable} up`,
    ]);
    await ip(name, [
      "address add 198.18.255.2/30 dev machine",
      ...addresses.map((address) => `address add ${address}/32 dev lo`),
      "link set machine up",
      "route add default via 198.18.255.1",
    ]);
    await ip(
      undefined,
      addresses.map((address) => `route add ${address}/32 via 198.18.255.2`),
    );
    const args = [`--net=${namespacePath(name)}`, "--", process.execPath, "-e", PROGRAM, ...ports.map(String)];
    server = spawn("nsenter", args, { stdio: ["ignore", "pipe", "inherit"] });
    if (server.stdout) {
      await once(server.stdout, "data");
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}
