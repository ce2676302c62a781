/**
 * Stands in for Grafana where only the way to it is under test: the lifecycle of its assembly. It keeps the password of its first
 * start, as Grafana does, sees dashboards that change, leaves malformed ones out, and knows the few questions that are asked.
 *
 * Arguments as Grafana's: `server --config=FILE`, `cli … --config FILE admin reset-admin-password --password-from-stdin`, `--version`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const args = process.argv.slice(2);
const said = args.join(" ");
const version = existsSync("/run/grafana-version") ? readFileSync("/run/grafana-version", "utf8").trim() : "10.4.2";

/** A setting, and the text of the file that it names. */
function settingOf(ini: string, name: string): string {
  const value = new RegExp(`^${name} = (.*)$`, "m").exec(ini)?.[1] ?? "";
  const file = /^\$__file\{(.*)\}$/.exec(value)?.[1];
  return file === undefined ? value : readFileSync(file, "utf8").trim();
}

function configuration(): string {
  return readFileSync(/--config[= ](\S+)/.exec(said)?.[1] ?? "", "utf8");
}

function databaseOf(ini: string): string {
  return path.join(settingOf(ini, "data"), "grafana.db");
}

/** The dashboard that the directory has under a uid, or undefined. */
function dashboardOf(provisioning: string, uid: string): unknown {
  const directory = path.join(provisioning, "../dashboards");
  for (const name of readdirSync(directory)) {
    try {
      const model = JSON.parse(readFileSync(path.join(directory, name), "utf8")) as { uid: string };
      if (model.uid === uid) return { dashboard: model };
    } catch {
      // It is left out.
    }
  }
  return undefined;
}

function serve(): void {
  process.title = "grafana";
  const ini = configuration();
  const database = databaseOf(ini);
  if (!existsSync(database)) writeFileSync(database, settingOf(ini, "admin_password"));
  const provisioning = settingOf(ini, "provisioning");
  const sources = readFileSync(path.join(provisioning, "datasources/gatebox.yaml"), "utf8");
  const root = new URL(settingOf(ini, "root_url")).pathname;
  const statusFor = (url: string, authorization: string | undefined): [status: number, body: unknown] => {
    const asks = (place: string): string | undefined =>
      url.startsWith(`${root}api/${place}`) ? url.slice(`${root}api/${place}`.length) : undefined;
    if (asks("health") !== undefined) return [200, { database: "ok" }];
    const expected = `Basic ${Buffer.from(`admin:${readFileSync(database, "utf8")}`).toString("base64")}`;
    if (authorization !== expected) return [401, {}];
    const dashboard = dashboardOf(provisioning, asks("dashboards/uid/") ?? "");
    if (dashboard !== undefined) return [200, dashboard];
    const source = asks("datasources/uid/");
    const isSource = source !== undefined && sources.includes(`uid: "${source}"`);
    return [asks("user") !== undefined || isSource ? 200 : 404, {}];
  };
  createServer((request, response) => {
    const [status, body] = statusFor(request.url ?? "", request.headers.authorization);
    response.writeHead(status).end(JSON.stringify(body));
  }).listen(Number(settingOf(ini, "http_port")), settingOf(ini, "http_addr"));
}

if (said === "--version") console.log(`grafana version ${version}`);
else if (args[0] === "server") serve();
else if (said.endsWith("admin reset-admin-password --password-from-stdin"))
  writeFileSync(databaseOf(configuration()), readFileSync(0, "utf8").split("\n")[0] ?? "");
else process.exit(64);
