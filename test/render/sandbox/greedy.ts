/** Sends one UDP packet from each of many ports, and once more for each line that it reads: `greedy.ts ADDRESS PORT COUNT`. */
import { createSocket } from "node:dgram";

const [address, port, count] = process.argv.slice(2);
const sockets = Array.from({ length: Number(count) }, () => createSocket("udp4"));
const send = (): void => {
  for (const socket of sockets) socket.send(".", Number(port), address);
};
send();
process.stdin.on("data", send);
