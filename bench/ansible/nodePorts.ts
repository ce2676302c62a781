/**
 * What answers in place of a gateway's NodePorts, as there is no cluster: `node nodePorts.ts ADDRESS PORT…`, in the network of
 * the gateway. Ends with its standard input.
 */
import { createServer } from "node:http";
import { atEndOfInput } from "../../test/faults/probe/promptness.ts";

const [address = "", ...ports] = process.argv.slice(2);

const servers = ports.map((port) =>
  createServer((_, response) => response.end("ok\n")).listen(Number(port), address, () => {
    process.stdout.write(`${JSON.stringify({ listening: Number(port) })}\n`);
  }),
);

atEndOfInput(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});
