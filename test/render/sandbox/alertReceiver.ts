/** Takes Alertmanager's messages, and prints a line for each: what it is about, and when it came. Arguments: ADDRESS PORT. */
import { createServer } from "node:http";

interface Message {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const [address = "", port = ""] = process.argv.slice(2);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.end();
    const { status, alerts } = JSON.parse(Buffer.concat(chunks).toString()) as Message;
    const of = alerts.map(({ labels }) => `${labels["alertname"] ?? ""}/${labels["host"] ?? labels["route"] ?? ""}`);
    console.log(JSON.stringify({ at: Date.now(), from: request.socket.remoteAddress, status, of }));
  });
}).listen(Number(port), address, () => console.log(JSON.stringify({ listening: true })));
