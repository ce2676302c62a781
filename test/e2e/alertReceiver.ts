/** Takes Alertmanager's messages, and prints a line for each: when it came and what it is about. Arguments: ADDRESS PORT. */
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
    console.log(JSON.stringify({ at: Date.now(), status, labels: alerts.map(({ labels }) => labels) }));
  });
}).listen(Number(port), address, () => console.log(JSON.stringify({ listening: true })));
