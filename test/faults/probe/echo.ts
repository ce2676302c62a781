/**
 * The far end of flows and datagrams, a program in the network namespace of a host outside: `node echo.ts PORT`, TCP and UDP.
 * It answers each line with itself and the source address that it came from. Ends with its standard input.
 */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { atEndOfInput, beFirst } from "./promptness.ts";

const port = Number(process.argv[2]);

beFirst();
createServer({ noDelay: true }, (socket) => {
  const source = socket.remoteAddress ?? "";
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) socket.write(lines.map((line) => `${line} ${source}\n`).join(""));
  });
  socket.on("error", () => socket.destroy());
}).listen(port, "0.0.0.0", () => process.stdout.write(`${JSON.stringify({ listening: port })}\n`));

const socket = createSocket("udp4");
socket.on("message", (message, { address, port: from }) => {
  socket.send(`${String(message).trim()} ${address}\n`, from, address);
});
socket.bind(port, "0.0.0.0");

atEndOfInput(() => process.exit());
