/**
 * A small web server for the tests in namespaces: `node server.ts NAME ADDRESS PORT [DELAY [SIZE]]`. It answers, after DELAY ms, with its name and with
 * the headers that it saw; `/slow` takes a second, `/503` says 503, an upgrade to anything is accepted and echoes.
 */
import { createServer } from "node:http";

const [name = "", address = "", port = "", delay = "0", size = "0"] = process.argv.slice(2);
const server = createServer((request, response) => {
  const answer = (): void => {
    response.statusCode = request.url === "/503" ? 503 : 200;
    response.end(JSON.stringify({ name, url: request.url, headers: request.headers }).padEnd(Number(size)));
  };
  if (request.url === "/slow") setTimeout(answer, 1000);
  else if (delay !== "0") setTimeout(answer, Number(delay));
  else answer();
});
server.on("upgrade", (_request, socket) => {
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
  );
  socket.pipe(socket);
});
server.keepAliveTimeout = 120_000;
server.listen(Number(port), address, () => console.log("ready"));
