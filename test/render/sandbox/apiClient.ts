/**
 * Asks an API in two ways until SIGTERM: `node apiClient.ts ADDRESS PORT NAME CA`. Every 25 ms a request on a connection of its own,
 * and one watch that is begun again as soon as it ends. It prints who answers whenever that is another (`requests NAME`, `watch
 * NAME`). At the end it writes, as JSON, when each answer came, when a request failed, and when watches began and ended (ms since
 * the epoch).
 */
import { readFileSync } from "node:fs";
import { request } from "node:https";

const [host = "", port = "", servername = "", authority = ""] = process.argv.slice(2);
const ca = readFileSync(authority);
const seen = {
  answers: [] as { at: number; by: string }[],
  lines: [] as { at: number; by: string }[],
  failed: [] as { at: number }[],
  watches: [] as { begun: number; ended?: number }[],
};

function ask(path: string, heard: (text: string) => void, ended: () => void): void {
  const asked = request({ host, port, servername, ca, path, agent: false }, (response) => {
    response.setEncoding("utf8");
    response.on("data", heard);
    response.on("error", () => undefined);
  });
  asked.on("error", () => undefined);
  asked.on("close", ended);
  if (path !== "/watch") asked.setTimeout(3000, () => asked.destroy());
  asked.end();
}

function note(what: "requests" | "watch", text: string): void {
  const list = what === "requests" ? seen.answers : seen.lines;
  const by = text.trim().split("\n").at(-1) ?? "";
  if (list.at(-1)?.by !== by) console.log(what, by);
  list.push({ at: Date.now(), by });
}

function once(): void {
  const at = Date.now();
  let answered = false;
  ask(
    "/",
    (text) => {
      answered = true;
      note("requests", text);
    },
    () => {
      if (!answered) seen.failed.push({ at });
    },
  );
}

function watch(): void {
  const one: { begun: number; ended?: number } = { begun: Date.now() };
  seen.watches.push(one);
  ask(
    "/watch",
    (text) => note("watch", text),
    () => {
      one.ended = Date.now();
      setTimeout(watch, 20);
    },
  );
}

watch();
setInterval(once, 25);
process.on("SIGTERM", () => {
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
});
