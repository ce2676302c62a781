/**
 * Holds connections with a request that never becomes whole. It runs in the network namespace of a machine of the lab.
 *
 * Arguments: address, port, how many, for how many milliseconds, and how many bytes of a body of 50 MB to send on each (0: the
 * head is not even whole). Prints how many were accepted.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

const [address = "", portText = "", countText = "", millisecondsText = "", bytesText = "0"] = process.argv.slice(2);
const port = Number(portText);
const bytes = Number(bytesText);

const head =
  bytes === 0
    ? "GET /argocd/ HTTP/1.1\r\nHost: protobox.test\r\nX-Slow: "
    : "POST /dash/ HTTP/1.1\r\nHost: protobox.test\r\nContent-Length: 52428800\r\n\r\n";

let accepted = 0;
const sockets: Socket[] = [];
for (let index = 0; index < Number(countText); index += 1) {
  const secure = { host: address, port, servername: "protobox.test", rejectUnauthorized: false };
  const socket = port === 443 ? connectTls(secure) : connect({ host: address, port });
  socket.on(port === 443 ? "secureConnect" : "connect", () => {
    accepted += 1;
    socket.write(head);
    if (bytes > 0) socket.write(Buffer.alloc(bytes));
  });
  // Whatever the server does with one of them, the others go on.
  socket.on("error", () => undefined);
  sockets.push(socket);
}
setTimeout(() => {
  for (const socket of sockets) socket.destroy();
  console.log(accepted);
}, Number(millisecondsText));
