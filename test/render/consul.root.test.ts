import assert from "node:assert/strict";
import { consul, registry } from "../../render/registry.ts";
import { consulBox } from "./sampleConsul.ts";
import { monitoringPlace } from "./sampleMonitoring.ts";
import { ConsulHosts, consulServers } from "./sandbox/consulHosts.ts";
import { until, type Outcome } from "./sandbox/sandbox.ts";

const gateway = "gateway-1";
const [first, second, third] = consulServers;

/** The real Consul with its rendered files and lifecycle scripts; only systemd is a stand-in. */
describe("render: Consul at work", function () {
  // Each start, election and check is waited for. A cache without Consul has it built first: see `prepareConsul`.
  this.timeout(300_000);
  let hosts: ConsulHosts;

  const fine = ({ code, stderr }: Outcome): void => assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const refused = (name: string, pattern: RegExp, files = hosts.tree(name)): void => {
    const { code, stderr } = hosts.apply(name, files, ["check"]);
    assert.equal(code, 1);
    assert.match(stderr, pattern);
  };
  const leaders = (names: readonly string[]): string[] => [...new Set(names.map((name) => hosts.leader(name)))];
  const agreed = (names: readonly string[]) => until(() => { const all = leaders(names); return all.length === 1 && all[0] !== ""; }); // prettier-ignore
  const peers = (name: string): string[] => hosts.consul(name, "operator raft list-peers").stdout.split("\n").slice(1).map((line) => line.split(/\s+/)[0]!).sort(); // prettier-ignore
  const management = (name: string, request: string, body?: unknown) => hosts.ask(name, "management", request, body);
  const agentOf = (name: string): string => `gatebox-agent-${name}`;
  const serviceIn = (state: string): string[] => (JSON.parse(management(first, `GET health/state/${state}`).body || "[]") as { ServiceName: string }[]).map(({ ServiceName }) => ServiceName); // prettier-ignore

  before(async function () {
    // Minutes, once.
    this.timeout(5_400_000);
    hosts = await ConsulHosts.make(consulBox({}, { tools: { consul: {} }, monitoring: monitoringPlace }), [
      ...consulServers,
      gateway,
    ]);
  });
  after(() => hosts.remove());

  it("is validated by Consul itself on every host of the box", () => {
    const members = Object.values(hosts.box.hosts).filter((host) => registry.assembliesOf(hosts.box, host).includes(consul)); // prettier-ignore
    assert.equal(members.length, 6);
    for (const { name } of members) {
      const files = hosts.configuration(name).filter(({ path }) => /^(?:config|secrets)\/(?!dns).*json$/.test(path));
      const write = files.map(({ path, text }) => `cat >/run/tried/${path.replace("/", "-")} <<'END'\n${text}END`).join("\n"); // prettier-ignore
      const { code, stdout, stderr } = hosts.at(first).run(`rm -rf /run/tried; mkdir /run/tried\n${write}\nconsul validate /run/tried; code=$?; rm -r /run/tried; exit $code`); // prettier-ignore
      assert.equal(code, 0, `${name}: ${stdout} ${stderr}`);
    }
    const spoilt = hosts.tree(first).map((file) => (file.path === "config/services.json" ? { ...file, text: '{"services":[{"nam":"x"}]}\n' } : file)); // prettier-ignore
    refused(first, /^Consul refuses its configuration: .*invalid config key services\[0\]\.nam/, spoilt);
  });

  it("is refused where the clock of another server differs by more than a second, and not where it does not", async () => {
    for (const [seconds, isFine] of [
      [0, true],
      [3, false],
      [-3, false],
    ] as const) {
      const peer = hosts.clock(second, seconds);
      await until(() => hosts.at(second).run("ss -Hltn sport = :8501 | grep -q .").code === 0);
      const { stderr } = hosts.apply(first, hosts.tree(first), ["check"]);
      hosts.at(second).run("pkill -f OPENSSL-LISTEN:8501");
      peer.kill();
      if (isFine) assert.equal(stderr, "");
      else assert.match(stderr, /^the clock of 192\.168\.1\.15 differs by -?\d+ ms from this host's: have both follow the same time servers/); // prettier-ignore
    }
  });

  it("does not start where a port is taken, and says by whom", async () => {
    hosts.at(first).squat(8301);
    refused(first, /^192\.168\.1\.14:8301 \(tcp\), where Consul is to listen, is already taken: .*socat/);
    hosts.at(first).run("pkill -f TCP-LISTEN:8301");
    await until(() => hosts.at(first).run("ss -Hltn sport = :8301 | grep -q .").code !== 0);
  });

  it("waits for all servers, and elects a leader when the last has come", async () => {
    for (const name of [first, second]) fine(hosts.apply(name));
    assert.deepEqual(leaders([first, second]), [""]);
    fine(hosts.apply(third));
    await agreed(consulServers);
    for (const name of consulServers) fine(hosts.applyAccess(name));
    fine(hosts.apply(gateway));
    assert.deepEqual(peers(first), [...consulServers]);
  });

  it("is restarted by nothing that it runs with already, and reloaded by other services", () => {
    const before = [...hosts.names].map((name) => hosts.pid(name));
    for (const name of hosts.names) fine(hosts.apply(name));
    fine(hosts.applyAccess(first));
    const reloads = (): number => Number(hosts.at(gateway).run("grep -c '^reload consul.service' /run/systemctl.log").stdout); // prettier-ignore
    assert.equal(reloads(), 0);
    const files = hosts
      .tree(gateway)
      .map((file) =>
        file.path === "config/services.json"
          ? { ...file, text: file.text.replaceAll('"gateway"', '"gateway", "new"') }
          : file,
      );
    fine(hosts.apply(gateway, files));
    assert.equal(reloads(), 1);
    assert.match(hosts.ask(gateway, agentOf(gateway), "GET agent/services").body, /"new"/);
    fine(hosts.apply(gateway));
    assert.doesNotMatch(hosts.ask(gateway, agentOf(gateway), "GET agent/services").body, /"new"/);
    assert.deepEqual([...hosts.names].map((name) => hosts.pid(name)), before); // prettier-ignore
  });

  it("lets an agent go and come again, server by server, whichever of its policy and its token is changed first", () => {
    const name = agentOf("gateway-2");
    const { accessor } = hosts.secrets.tokenOf(name);
    const kinds = ["policies", "tokens"] as const;
    const apply = (...without: readonly string[]): void => {
      for (const server of consulServers) {
        const left = hosts
          .accessTree(server)
          .filter(({ path }) => !without.some((kind) => path === `${kind}/${name}.json`));
        fine(hosts.applyAccess(server, left));
      }
    };
    const known = () => [`policy/name/${name}`, `token/${accessor}`].map((one) => management(first, `GET acl/${one}`).status); // prettier-ignore
    for (const [sooner, later] of [kinds, kinds.toReversed()]) {
      assert.deepEqual(known(), ["200", "200"]);
      apply(sooner);
      apply(...kinds);
      assert.deepEqual(known(), ["403", "403"]);
      apply(later);
      apply();
    }
    assert.deepEqual(known(), ["200", "200"]);
  });

  it("keeps a leader and takes changes with any one server dead", async () => {
    for (const dead of consulServers) {
      const alive = consulServers.filter((name) => name !== dead);
      hosts.kill(dead);
      await until(() => alive.every((name) => management(name, `PUT kv/seen-by-${name}`, dead).body.trim() === "true"));
      assert.equal(leaders(alive).length, 1);
      hosts.start(dead);
      await agreed(consulServers);
      // The next one dies when this one is whole again.
      await until(() => management(first, "GET operator/autopilot/health").body.includes('"FailureTolerance":1'));
    }
  });

  it("tells monitoring that it knows a leader, and that it knows none where most servers are dead", async () => {
    const told = (name: string): string => hosts.told(name, "consul");
    assert.match(told(first), /^gatebox_consul_leader_known\{role="server",datacenter="box"\} 1$/m);
    assert.match(told(gateway), /^gatebox_consul_leader_known\{role="agent",datacenter="box"\} 1$/m);
    for (const name of [second, third]) hosts.kill(name);
    assert.match(told(second), /\} 0$/m);
    await until(() => /\} 0$/m.test(told(first)));
    for (const name of [second, third]) hosts.start(name);
    await agreed(consulServers);
    await until(() => /\} 1$/m.test(told(first)));
    await until(() => management(first, "GET operator/autopilot/health").body.includes('"FailureTolerance":1'));
  });

  it("sees a declared service fail, and be well again, within 15 s", async () => {
    const { address, port, path } = hosts.serviceOf(gateway, "argocd");
    const serve = await hosts.at(gateway).serve("argocd", address, port);
    await until(() => serviceIn("passing").includes("argocd"));
    // No token, no answer: this one knows none of DNS, and takes no other for it.
    const { stdout } = hosts.at(gateway).run(`${process.execPath} -e 'const dns = require("node:dns"); const r = new dns.Resolver(); r.setServers(["127.0.0.1:8600"]); r.resolve4("argocd.service.consul", (e, a) => console.log(e?.code ?? a.join()))'`); // prettier-ignore
    assert.equal(stdout, "ENOTFOUND");
    assert.equal(path, "/");
    const stopped = Date.now();
    serve.kill();
    hosts.at(gateway).run("pkill -f sandbox/server.ts");
    await until(() => serviceIn("critical").includes("argocd"));
    assert.ok(Date.now() - stopped < 15_000, `${Date.now() - stopped} ms`);
  });

  it("lets nobody read or write without a token, by HTTP, HTTPS or DNS", () => {
    assert.equal(management(first, "PUT kv/hidden", "x").body.trim(), "true");
    for (const request of [
      "GET kv/hidden",
      "PUT kv/hidden",
      "DELETE kv/hidden",
      "GET agent/self",
      "PUT agent/leave",
      "PUT acl/policy",
      "GET acl/tokens",
      "PUT snapshot",
      "GET snapshot",
      "GET operator/raft/configuration",
      "PUT agent/service/register",
      "PUT event/fire/x",
    ])
      // prettier-ignore
      assert.match(hosts.ask(first, "", request, { Name: "x" }).status, /^40[0-3]$/, request);
    assert.equal(hosts.ask(first, "", "GET kv/hidden").status, "403");
    for (const request of [
      "GET catalog/services",
      "GET catalog/nodes",
      "GET kv/?keys",
      "GET health/state/any",
      "GET agent/services",
    ])
      assert.match(hosts.ask(first, "", request).body.trim(), /^(?:\[\]|\{\}|Permission denied.*)$/, request);
    // From the web servers.
    const outside = (more: string): string => hosts.at(first).run(`curl -s --noproxy '*' -m 5 -o /dev/null -w '%{http_code}' ${more}`, "gateway-network").stdout; // prettier-ignore
    assert.equal(outside("http://192.168.2.14:8500/v1/kv/hidden"), "403");
    assert.equal(outside(`-H 'X-Consul-Token: ${hosts.secrets.management}' http://192.168.2.14:8500/v1/kv/hidden`), "200"); // prettier-ignore
    assert.equal(outside(`-X PUT -H 'X-Consul-Token: ${hosts.secrets.management}' http://192.168.2.14:8500/v1/kv/hidden`), "403", "there one may look"); // prettier-ignore
    // From another host: a certificate of the box first, and then a token; and no API in plain, and no DNS.
    const from = (more: string): string => hosts.at(gateway).run(`curl -s --noproxy '*' -m 5 -o /dev/null -w '%{http_code}' ${more}`).stdout; // prettier-ignore
    const own = "--cert /run/gatebox-consul/certificate.pem --key /run/gatebox-consul/key.pem --cacert /run/gatebox-consul/authority.pem"; // prettier-ignore
    assert.equal(from("-k https://192.168.1.14:8501/v1/kv/hidden"), "000");
    assert.equal(from(`${own} https://192.168.1.14:8501/v1/kv/hidden`), "403");
    assert.equal(from("http://192.168.1.14:8500/v1/status/leader"), "000");
    assert.equal(
      hosts.at(first).run("ss -Hltun sport = :8600 | awk '{ print $5 }' | sort -u").stdout,
      "127.0.0.1:8600",
    );
  });

  it("answers in DNS with a token of its own where it is a Consul that knows one, and says where it is none", () => {
    const given = (script: string) => hosts.at(gateway).run(`${script} sh /etc/gatebox/consul/scripts/prepare.sh; grep -ho '"dns": "[^"]*"' /run/gatebox-consul/*.json`).stdout; // prettier-ignore
    const none = "this Consul knows no token of DNS (from 1.17 on it does): for .consul it answers nobody";
    assert.equal(given(""), none);
    assert.ok(hosts.log(gateway).includes(none));
    // In place of a later one.
    hosts.at(gateway).run("mkdir -p /run/later; printf '#!/bin/sh\\nexit 0\\n' >/run/later/consul; chmod 0755 /run/later/consul"); // prettier-ignore
    assert.equal(given("PATH=/run/later:$PATH"), `"dns": "${hosts.secrets.tokenOf("gatebox-dns").secret}"`);
    assert.equal(given(""), none);
  });

  it("lets an agent be itself and no other", () => {
    const as = (request: string, body: unknown): string => hosts.ask(gateway, agentOf(gateway), request, body).status;
    assert.equal(as("PUT agent/service/register", { Name: "argocd", ID: "more", Port: 1 }), "200");
    assert.equal(as("PUT agent/service/deregister/more", {}), "200");
    assert.equal(as("PUT agent/service/register", { Name: "intruder", Port: 1 }), "403");
    assert.equal(as("PUT catalog/register", { Node: second, Address: "192.168.1.99", Service: { Service: "argocd" } }), "403"); // prettier-ignore
    assert.equal(as("PUT kv/x", "x"), "403");
    assert.equal(hosts.ask(gateway, "gatebox-ui", "GET catalog/services").body.includes("argocd"), true);
    assert.equal(hosts.ask(gateway, "gatebox-ui", "PUT agent/service/register", { Name: "argocd" }).status, "403");
  });

  it("runs no program for anybody, not even for who may do all", () => {
    const check = { Name: "x", Args: ["touch", "/run/executed"], Interval: "1s" };
    const { status, body } = management(gateway, "PUT agent/check/register", check);
    assert.deepEqual([status, /Scripts are disabled/.test(body)], ["500", true], body);
    for (const name of hosts.names) {
      const self = JSON.parse(management(name, "GET agent/self").body) as { DebugConfig: Record<string, unknown> };
      const { DisableRemoteExec, EnableRemoteScriptChecks, EnableLocalScriptChecks } = self.DebugConfig;
      assert.deepEqual([DisableRemoteExec, EnableRemoteScriptChecks, EnableLocalScriptChecks], [true, false, false]);
    }
    hosts.consul(first, "exec -wait=2s touch /run/executed");
    for (const name of hosts.names) assert.equal(hosts.at(name).run("ls /run/executed").code, 2, name);
  });

  it("does not let in who has another gossip key, or none, and says that it is alone", () => {
    const members = (): string[] => hosts.consul(first, "members").stdout.split("\n").slice(1).map((line) => line.split(/\s+/)[0]!).sort(); // prettier-ignore
    const before = members();
    const other = { ...hosts.secrets, gossipKey: Buffer.alloc(32, 7).toString("base64") };
    const { code, stderr } = hosts.applyForeign(gateway, hosts.tree(gateway, hosts.box, other));
    assert.equal(code, 1);
    assert.match(stderr, /Consul is alone: none of its servers takes it in\. They may have stopped, or have another gossip key/); // prettier-ignore
    const without = hosts.tree(gateway).map((file) => (file.path === "secrets/agent.json" ? { ...file, text: "{}\n" } : file)); // prettier-ignore
    assert.match(hosts.applyForeign(gateway, without).stderr, /Consul is alone/);
    assert.deepEqual(members(), before);
    fine(hosts.apply(gateway));
  });

  it("shows no secret in a process list, its log or a file that others may read", () => {
    const { gossipKey, management: all, tokenOf } = hosts.secrets;
    const secrets = [gossipKey, all, ...[agentOf(gateway), agentOf(first), "gatebox-ui", "gatebox-dns"].map((name) => tokenOf(name).secret)]; // prettier-ignore
    // Who looks does find what is there for all.
    assert.equal(hosts.at(first).run(`echo ${all} >/run/shown; setpriv --reuid nobody --regid nogroup --clear-groups grep -rlF -e ${all} /run 2>/dev/null; rm /run/shown`).stdout, "/run/shown"); // prettier-ignore
    for (const name of hosts.names) {
      const patterns = secrets.map((one) => `-e '${one}'`).join(" ");
      const { stdout } = hosts.at(name).run(`{ ps -eo args | grep -v 'grep -F'; cat /run/supervise/consul.service.log; tr '\\0' '\\n' </proc/$(cat /run/supervise/consul.service.main)/environ; } | grep -F ${patterns} | grep -vF 'sh -c { ps'
        setpriv --reuid nobody --regid nogroup --clear-groups grep -rlF ${patterns} /etc /var/lib/gatebox /var/backups /opt /run 2>/dev/null`); // prettier-ignore
      assert.equal(stdout, "", name);
    }
  });

  it("takes snapshots, keeps the last ones, and gives one back to an empty cluster that two could not begin", async () => {
    assert.equal(management(first, "PUT kv/kept", "precious").body.trim(), "true");
    hosts.at(first).run("mkdir -p /var/backups/gatebox-consul; for i in $(seq 10 30); do : >/var/backups/gatebox-consul/consul-201001${i}T000000Z.snap; done"); // prettier-ignore
    fine(hosts.at(first).run("sh /etc/gatebox/consul-access/scripts/snapshot.sh"));
    const shown = () => hosts.at(first).run("ls /var/backups/gatebox-consul | sort").stdout.split("\n");
    assert.equal(shown().length, 14);
    const snapshot = shown().at(-1)!;
    assert.match(snapshot, /^consul-20[2-9]\d{5}T\d{6}Z\.snap$/);
    assert.equal(hosts.at(first).run(`stat -c '%a %U' /var/backups/gatebox-consul /var/backups/gatebox-consul/${snapshot}`).stdout, "700 root\n600 root"); // prettier-ignore
    for (const name of consulServers) hosts.at(name).run("systemctl stop consul.service; rm -rf /opt/consul");
    await hosts.together(consulServers, "systemctl start consul.service");
    await agreed(consulServers);
    await until(() => management(first, "GET acl/token/self").status === "200");
    assert.equal(management(first, "GET kv/kept").status, "404");
    // Nobody else can take the first token.
    const tries = consulServers.map((name) => hosts.ask(name, "", "PUT acl/bootstrap"));
    assert.deepEqual(tries.map(({ status }) => status), ["403", "403", "403"]); // prettier-ignore
    const managers = (JSON.parse(management(second, "GET acl/tokens").body) as { Policies: { Name: string }[] | null }[]).filter(({ Policies }) => Policies?.some(({ Name }) => Name === "global-management")); // prettier-ignore
    assert.equal(managers.length, 1);
    // The documented command, word for word.
    fine(hosts.at(first).run(`export CONSUL_HTTP_TOKEN_FILE=/etc/gatebox/consul-access/secrets/management; consul snapshot restore /var/backups/gatebox-consul/${snapshot} >/dev/null`)); // prettier-ignore
    await until(() => management(second, "GET kv/kept?raw").body === '"precious"');
    for (const name of consulServers) fine(hosts.apply(name));
  });

  it("is refused on a host with the data of another cluster", () => {
    hosts.at(third).run("echo of-another >/opt/consul/gatebox-cluster");
    refused(
      third,
      /^\/opt\/consul has data of another cluster of Consul: move the directory away if nobody needs them/,
    );
    hosts.at(third).run("rm /opt/consul/gatebox-cluster");
    refused(third, /^\/opt\/consul has data of another cluster of Consul/);
  });

  it("leaves the cluster when it is removed, and the host as it was but for its data", async () => {
    fine(hosts.applyAccess(third, hosts.accessTree(third), ["deactivate"]));
    const { code, stdout } = hosts.apply(third, hosts.tree(third), ["deactivate"]);
    assert.deepEqual([code, stdout], [0, "Consul's data stay in /opt/consul"]);
    await until(() => peers(first).length === 2);
    assert.deepEqual(peers(first), [first, second]);
    const left = hosts.at(third).run("ls -d /run/gatebox/consul /run/gatebox-consul; ls -l /proc/[0-9]*/exe 2>/dev/null | grep -F bin/consul; ss -Hltun '( sport = :8300 or sport = :8301 or sport = :8500 or sport = :8501 or sport = :8600 )'; ls /run/supervise/gatebox-consul-snapshot.timer"); // prettier-ignore
    assert.equal(left.stdout, "");
    assert.equal(hosts.at(third).run("grep -c '^disable consul.service' /run/systemctl.log").stdout, "1");
  });
});
