/**
 * A stand-in for an API server: `node apiServer.ts NAME ADDRESS PORT DIRECTORY`. It shows NAME.pem of the directory. `/readyz` is
 * answered with what NAME.readyz says there (200 without it), `/watch` with a line ten times a second for ever, all else with NAME.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const [name = "", address = "", port = "", directory = ""] = process.argv.slice(2);
const file = (ending: string): string => `${directory}/${name}.${ending}`;

function readiness(): number {
  try {
    return Number(readFileSync(file("readyz"), "utf8"));
  } catch {
    return 200;
  }
}

const server = createServer(
  { cert: readFileSync(file("pem")), key: readFileSync(file("key")) },
  (request, response) => {
    if (request.url === "/watch") {
      const timer = setInterval(() => response.write(`${name}\n`), 100);
      response.on("close", () => clearInterval(timer));
      return;
    }
    response.statusCode = request.url === "/readyz" ? readiness() : 200;
    response.end(name);
  },
);
server.listen(Number(port), address, () => console.log("ready"));
