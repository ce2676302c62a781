import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { clients, credentials, toolHosts, toolsBox, toolsPassword, toolsSandbox, webserverWithTools } from "./sampleTools.ts"; // prettier-ignore
import { until, type Sandbox } from "./sandbox/sandbox.ts";

interface Seen {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Both hosts that run tools: their address ends so. */
const members = [14, 15];

/** The real nginx in front of small servers that say what reached them, and of the real Prometheus and Alertmanager. */
describe("render: tools behind a web server", function () {
  this.timeout(180_000);
  let host: Sandbox;

  const curl = (path: string, more = ""): string =>
    host.run(`curl -sk -m 10 ${more} https://192.168.0.30${path}`, clients).stdout;
  const status = (path: string, more = ""): string => curl(path, `-o /dev/null -w '%{http_code}' ${more}`);
  const own = `-u operator:${toolsPassword}`;
  const seen = (path: string, more = own): Seen => JSON.parse(curl(path, more)) as Seen;
  const listens = (address: string, port: number): boolean =>
    host.run(`ss -Hltn 'src ${address} and sport = :${port}' | grep -q .`, toolHosts).code === 0;

  /** Asks on one connection, one after the other, as fast as may be; a limit that gives back one a second sees them at once. */
  const inOneGo = (requests: readonly string[]): string[] => {
    const each = requests.map((one) => `-k -m 10 -o /dev/null -w '%{http_code}\\n' ${one}`);
    return host.run(`curl -s ${each.join(" --next ")}`, clients).stdout.split("\n");
  };

  afterEach(() => host.remove());

  describe("that say what reached them", () => {
    beforeEach(async () => {
      host = await toolsSandbox(toolsBox());
      for (const last of members)
        for (const port of [9090, 9093, 3000, 8500, 8080])
          await host.serve(`${port}-${last}`, `192.168.2.${last}`, port, toolHosts);
    });

    it("lets in who has the password, and nobody else, at every place", () => {
      for (const place of [
        "/prometheus/",
        "/prometheus/api/v1/query?query=up",
        "/alertmanager/",
        "/consul/ui/",
        "/v1/kv/a",
      ]) {
        assert.equal(status(place), "401", place);
        assert.equal(status(place, "-u operator:wrong-horse-battery"), "401", place);
        assert.equal(status(place, `-u root:${toolsPassword}`), "401", place);
        assert.equal(status(place, `-H 'Authorization: Bearer ${credentials}'`), "401", place);
        assert.equal(status(place, own), "200", place);
      }
      assert.equal(status("/prometheus"), "308");
      const refused = curl("/prometheus/", "-i");
      assert.match(refused, /^www-authenticate: Basic realm="Tools of protobox"/im);
      assert.match(refused, /This is for operators of the box: log in\.$/);
      assert.doesNotMatch(refused, /<html|nginx\//);
    });

    it("gives a tool its own path, and says who asks, whatever the client claims", () => {
      const claims = ["X-Forwarded-User: root", "X_Forwarded_User: root", "X-WEBAUTH-USER: root", "Remote-User: root", "X-Auth-Request-User: root"]; // prettier-ignore
      const more = `${own} ${claims.map((one) => `-H '${one}'`).join(" ")} -b 'other=1; gatebox_tools=x'`;
      const { url, headers } = seen("/prometheus/api/v1/query?query=a%2Fb", more);
      assert.equal(url, "/prometheus/api/v1/query?query=a%2Fb");
      assert.equal(headers["x-forwarded-user"], "operator");
      assert.equal(headers["host"], "192.168.0.30");
      assert.equal(headers["x-forwarded-proto"], "https");
      assert.deepEqual([headers["authorization"], headers["cookie"]], [undefined, undefined]);
      assert.doesNotMatch(JSON.stringify(headers), new RegExp(`root|${credentials}|${toolsPassword}`));
    });

    it("leaves Grafana and GitLab their own log-in, and shows Grafana's metrics to nobody", () => {
      const token = "-H 'Authorization: Bearer glsa_x' -b grafana_session=1";
      const { headers } = seen("/grafana/api/org", token);
      assert.deepEqual([headers["authorization"], headers["cookie"]], ["Bearer glsa_x", "grafana_session=1"]);
      assert.equal(headers["x-forwarded-user"], undefined);
      assert.equal(seen("/gitlab/group/project.git/info/refs", token).headers["authorization"], "Bearer glsa_x");
      for (const place of [
        "/grafana/metrics",
        "/grafana//metrics",
        "/grafana/%6detrics",
        "/grafana/api/../metrics",
        "/grafana/metrics/x",
      ])
        // prettier-ignore
        assert.equal(status(place, `--path-as-is ${own}`), "404", place);
      assert.equal(seen("/grafana/metricsfind").name, "3000-14");
    });

    it("answers log-ins that come too fast with 429, and goes on for whoever has logged in", () => {
      const place = "https://192.168.0.30/prometheus/";
      const known = "-b /run/known";
      assert.equal(status("/prometheus/", `${own} -c /run/known`), "200");
      const answers = inOneGo([
        `-u operator:wrong '${place}?[1-120]'`,
        // Guessed right, but too late.
        `${own} ${place}`,
        `${own} ${known} ${place}`,
        `-u operator:wrong ${known} ${place}`,
        place,
        // What stands behind the padding of base64 nginx does not read: it must not pass for no credentials.
        `-H 'Authorization: Basic ${credentials}=:' ${place}`,
        "https://192.168.0.30/grafana/api/org",
      ]);
      assert.deepEqual([...new Set(answers.slice(0, 60))], ["401"]);
      assert.deepEqual(answers.slice(119), ["429", "429", "200", "401", "401", "429", "200"]);
    });

    it("never makes an operator wait: 300 requests at once, with a browser's cookie", () => {
      const pages = `for i in $(seq 300); do echo 'url = "https://192.168.0.30/prometheus/static/a.js"'; echo 'output = "/dev/null"'; done >/run/urls; curl -sk -m 60 --parallel --parallel-max 20 -K /run/urls -b /run/known ${own} -w '%{http_code}\\n'`;
      assert.equal(status("/prometheus/", `${own} -c /run/known`), "200");
      const answers = host.run(pages, clients).stdout.split("\n");
      assert.deepEqual([answers.length, [...new Set(answers)]], [300, ["200"]]);
    });

    it("bounds the log-ins of tools that ask for a password themselves, and nothing else of them", () => {
      const log = "-d user=a --path-as-is https://192.168.0.30";
      const answers = inOneGo([
        `${log}/grafana/login?[1-120]`,
        `${log}/grafana//%6cogin`,
        `${log}/gitlab/users/sign_in.json`,
        "https://192.168.0.30/grafana/login",
        `${log}/grafana/api/ds/query?[1-120]`,
      ]);
      assert.deepEqual([...new Set(answers.slice(0, 60))], ["200"]);
      assert.deepEqual(answers.slice(119, 123), ["429", "429", "429", "200"]);
      assert.deepEqual([...new Set(answers.slice(123))], ["200"]);
    });

    it("is answered by the other host within 2 s when the first stops, is silent, or is starting", async () => {
      assert.equal(seen("/prometheus/").name, "9090-14");
      const within2s = (what: string): void => {
        const [name = "", seconds = ""] = curl("/prometheus/graph", `${own} -w ' %{time_total}'`).split(/ (?=[\d.]+$)/);
        assert.match(name, /"name":"9090-15"/, what);
        assert.ok(Number(seconds) < 2, `${what}: ${seconds} s`);
      };
      host.run("pkill -KILL -f 'server.ts 9090-14'");
      within2s("stopped");
      await pause(5200);
      const silence =
        "table ip silence { chain in { type filter hook input priority 0; ip daddr 192.168.2.14 drop; }; }";
      assert.equal(host.run(`nft '${silence}'`, toolHosts).stderr, "");
      within2s("silent");
      assert.equal(host.run("nft delete table ip silence", toolHosts).stderr, "");
      await pause(5200);
      // Prometheus says 503 while it reads what it wrote before it stopped.
      host.run(
        "printf 'HTTP/1.1 503 Starting\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' >/run/starting",
      );
      const starting = "socat TCP-LISTEN:9090,bind=192.168.2.14,fork,reuseaddr SYSTEM:'cat /run/starting'";
      host.start(starting, toolHosts);
      await until(() => listens("192.168.2.14", 9090));
      within2s("starting");
      const post = JSON.parse(curl("/prometheus/api/v1/query", `${own} -d query=up`)) as Seen;
      assert.equal(post.name, "9090-15");
    });

    it("passes WebSockets of Grafana Live and GitLab on, and no others", async () => {
      const upgrade = async (path: string, more = ""): Promise<string> => {
        const talk: ChildProcess = host.start("socat - OPENSSL:192.168.0.30:443,verify=0", clients);
        const heard: Buffer[] = [];
        talk.stdout?.on("data", (chunk: Buffer) => heard.push(chunk));
        talk.stdin?.write(`GET ${path} HTTP/1.1\r\nHost: 192.168.0.30\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: c2FtcGxlIG5vbmNlIDEyMw==\r\n${more}\r\n`); // prettier-ignore
        await until(() => Buffer.concat(heard).length > 0);
        const first = Buffer.concat(heard).toString().split("\r\n")[0] ?? "";
        if (first.includes("101")) {
          talk.stdin?.write("still there?");
          await until(() => Buffer.concat(heard).includes("still there?"));
        }
        talk.kill();
        return first.slice(9, 12);
      };
      assert.equal(await upgrade("/grafana/api/live/ws"), "101");
      assert.equal(await upgrade("/gitlab/-/cable"), "101");
      assert.equal(await upgrade("/grafana/api/other"), "200");
      assert.equal(await upgrade("/prometheus/api/live/ws"), "401");
      assert.equal(await upgrade("/consul/ws", `Authorization: Basic ${credentials}\r\n`), "200");
    });

    it("has its users read by nginx' workers and nobody else, and takes another password without a reload of the rest", () => {
      const tree = "/etc/gatebox/webserver/nginx";
      const facts = host.run(`stat -L -c '%a %U %G' ${tree}/tools/users ${tree}/upstreams/_tools-known.conf`).stdout;
      assert.equal(facts, "640 root www-data\n600 root root");
      assert.notEqual(
        host.run(`runuser -u nobody -- cat ${tree}/tools/users ${tree}/upstreams/_tools-known.conf`).code,
        0,
      );
      assert.equal(host.run(`grep -rlF -e ${toolsPassword} -e ${credentials} /etc/gatebox /var/lib/gatebox /var/log/nginx /run`).stdout, ""); // prettier-ignore
      assert.equal(host.apply("webserver", webserverWithTools(toolsBox(), "another-horse-battery")).stderr, "");
      assert.equal(status("/prometheus/", own), "401");
      assert.equal(status("/prometheus/", "-u operator:another-horse-battery"), "200");
    });

    it("lets nobody in while the list of users is missing", () => {
      host.run("rm /etc/gatebox/webserver/nginx/tools/users");
      assert.equal(status("/prometheus/", own), "403");
    });
  });

  describe("of Debian", () => {
    it("are Prometheus and Alertmanager, which answer under their paths, whichever of their hosts is there", async () => {
      host = await toolsSandbox(toolsBox({ prometheus: {}, alertmanager: {} }));
      host.run("printf 'global: {}\\n' >/run/prometheus.yml; printf 'route: { receiver: nobody }\\nreceivers: [{ name: nobody }]\\n' >/run/alertmanager.yml"); // prettier-ignore
      for (const last of members) {
        const address = `192.168.2.${last}`;
        const url = (name: string) => `--web.external-url=https://protobox.test/${name}/ --web.route-prefix=/${name}/`;
        host.start(`prometheus --config.file=/run/prometheus.yml --storage.tsdb.path=/run/prometheus-${last} --web.listen-address=${address}:9090 ${url("prometheus")} >/run/prometheus-${last}.log 2>&1`, toolHosts); // prettier-ignore
        host.start(`prometheus-alertmanager --config.file=/run/alertmanager.yml --storage.path=/run/alertmanager-${last} --cluster.listen-address= --web.listen-address=${address}:9093 ${url("alertmanager")} >/run/alertmanager-${last}.log 2>&1`, toolHosts); // prettier-ignore
        await until(() => listens(address, 9090) && listens(address, 9093));
      }
      await until(() => status("/prometheus/-/ready", own) === "200");
      const answers = (): void => {
        assert.match(curl("/prometheus/api/v1/query?query=1", own), /"status":"success"/);
        assert.match(curl("/alertmanager/api/v2/status", own), /"cluster"/);
        assert.match(
          curl("/prometheus/", `${own} -i`),
          /^location: (?:https:\/\/192\.168\.0\.30)?\/prometheus\/[a-z]/im,
        );
      };
      answers();
      assert.equal(status("/prometheus/api/v1/query?query=1"), "401");
      assert.equal(status("/alertmanager/api/v2/status"), "401");
      host.run("pkill -KILL -f 'web.listen-address=192.168.2.14:'");
      answers();
    });
  });
});
