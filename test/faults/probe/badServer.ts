/**
 * A server that answers badly, in the place of a gateway's HAProxy: `node badServer.ts ADDRESS PORT STATUS DELAY`. It gives
 * every request that status after so many milliseconds, and names itself as the lab's pods do ({@link BROKEN}). Ends with
 * its standard input, when all that it was asked is answered.
 */
import { createServer } from "node:http";
import { atEndOfInput } from "./promptness.ts";
import { BROKEN } from "./options.ts";

const [address = "", port = "", status = "", delay = ""] = process.argv.slice(2);

const server = createServer((_, response) => {
  setTimeout(() => {
    response.writeHead(Number(status), { "content-type": "application/json" });
    response.end(JSON.stringify({ pod: BROKEN }));
  }, Number(delay));
});
server.listen(Number(port), address, () => process.stdout.write(`${JSON.stringify({ listening: Number(port) })}\n`));

atEndOfInput(() => {
  server.close(() => process.exit());
  server.closeIdleConnections();
});
