/**
 * A steady load on one URL: `node load.ts URL [browser | webserver]`. Ten loops ask one request after the other, half of them on connections
 * that stay open, half on a new one each time. Once it has had
 * fifty answers it prints "ready"; on SIGTERM it prints what it counted, as JSON, and ends.
 *
 * With `browser` it does what browsers do (RFC 9112, 9.3.1): a request that meets the end of a connection which had been
 * kept open is asked again on a new one. With `webserver` it does what nginx does: a request whose connection is closed without
 * an answer is asked once more, elsewhere, and counted as repeated.
 */
import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as pause } from "node:timers/promises";

const url = process.argv[2] ?? "";
const { Agent, get } = url.startsWith("https:") ? https : http;
const like = process.argv[3];
const count = { answered: 0, failed: 0, repeated: 0, reasons: [] as string[] };
let stopping = false;
process.on("SIGTERM", () => (stopping = true));

function ask(agent: http.Agent, again = false): Promise<string> {
  return new Promise((resolve) => {
    const request = get(url, { agent, timeout: 5000, rejectUnauthorized: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200 ? "" : `status ${response.statusCode}`));
      response.on("error", (error) => resolve(error.message));
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 5 s")));
    request.on("error", (error) => {
      const closed = "code" in error && error.code === "ECONNRESET";
      if (closed && like === "browser" && request.reusedSocket) resolve(ask(agent));
      else if (closed && like === "webserver" && !again) {
        count.repeated++;
        resolve(ask(agent, true));
      } else resolve(error.message);
    });
  });
}

async function loop(agent: http.Agent): Promise<void> {
  while (!stopping) {
    const reason = await ask(agent);
    if (reason === "") {
      count.answered++;
      if (count.answered === 50) console.log("ready");
    } else {
      count.failed++;
      count.reasons.push(reason);
    }
    await pause(2);
  }
}

const agents = Array.from({ length: 10 }, (_, index) => new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 }));
await Promise.all(agents.map(loop));
for (const agent of agents) agent.destroy();
console.log(JSON.stringify({ ...count, reasons: [...new Set(count.reasons)] }));
