import assert from "node:assert/strict";
import type { TreeFile } from "../../render/treeFile.ts";
import { edited, FirewallHost, listening, node, tree, webserver } from "./sandbox/firewallHost.ts";
import { scriptFile } from "./sandbox/scriptFile.ts";

/** What a host has when its rules cannot be loaded, and how they come and go. */
describe("render/firewall: a host whose rules are not loaded", function () {
  // Silence has to be waited for: a second for each sweep.
  this.timeout(60_000);
  let host: FirewallHost;

  beforeEach(async () => {
    host = await FirewallHost.make();
  });
  afterEach(() => host.sandbox.remove());

  it("lets the operator in and nobody else, and may ask", () => {
    host.apply();
    host.run("nft -f /etc/gatebox-closed/closed.nft && nft delete table inet gatebox_firewall");
    assert.deepEqual(host.open(node, "192.168.1.11"), [22]);
    assert.deepEqual(host.open(webserver, "192.168.2.11"), []);
    assert.deepEqual(host.open(undefined, "192.168.2.1", [80], 5), [80]);
    assert.deepEqual(host.open(node, "192.168.2.1", [80]), []);
  });

  it("is closed, whether the file is damaged, empty, or cut short after any line", () => {
    host.apply();
    const live = "/etc/gatebox/firewall/nft/firewall.nft";
    const lines = tree.find(({ path }) => path === "nft/firewall.nft")!.text.split("\n").length - 1;
    host.run(`cp ${live} /run/whole; nft delete table inet gatebox_firewall`);
    // Only the last line opens the host.
    const said = host.run(scriptFile("cut-short.sh", String(lines), live));
    assert.equal(said, "");
    assert.equal(host.tables(), "closed");
    assert.deepEqual(host.open(node, "192.168.1.11"), [22]);
    host.run(`cp /run/whole ${live} && systemctl start gatebox-firewall.service`);
    assert.equal(host.tables(), "firewall");
  });

  it("is closed when its unit is stopped; the rules stay if it cannot be closed", () => {
    host.apply();
    host.run("systemctl stop gatebox-firewall.service");
    assert.equal(host.tables(), "closed");
    assert.deepEqual(host.open(node, "192.168.1.11"), [22]);
    host.run("systemctl start gatebox-firewall.service");
    assert.equal(host.tables(), "firewall");
    host.run("rm /etc/gatebox-closed/closed.nft; systemctl stop gatebox-firewall.service 2>/dev/null || true");
    assert.equal(host.tables(), "firewall");
  });

  it("has in /etc itself what a boot needs, and nothing of it once the firewall is removed", () => {
    host.apply();
    const units = ["gatebox-closed.service", "gatebox-firewall.service"].map((unit) => `/etc/systemd/system/${unit}`);
    const places = ["/etc/gatebox-closed", ...units].join(" ");
    const wanted = "/etc/systemd/system/sysinit.target.wants";
    host.run("mv /var/lib/gatebox /var/lib/elsewhere");
    assert.equal(host.run(`find ${places} -type f | wc -l`), "3");
    assert.equal(host.run(`find -L ${wanted} -name 'gatebox-*' -type f | wc -l`), "2");
    host.run("mv /var/lib/elsewhere /var/lib/gatebox");
    host.run("cd /etc/gatebox/firewall/ && CURRENT=/etc/gatebox/firewall sh -eu lifecycle/deactivate");
    assert.equal(host.tables(), "");
    assert.equal(host.run(`find ${places} ${wanted} -name 'gatebox-*' 2>/dev/null || true`), "");
    assert.deepEqual(host.open(webserver, "192.168.2.11", listening, 5), listening);
  });
});

describe("render/firewall: lifecycle scripts", function () {
  this.timeout(60_000);
  let host: FirewallHost;

  before(async () => {
    host = await FirewallHost.make();
  });
  after(() => host.sandbox.remove());

  it("load the same rules once, put others right, and find a boot's copies that are gone", () => {
    assert.match(host.apply(), /loading the rules: the firewall does not stand/);
    host.open(node, "192.168.1.11", [9999]);
    const before = host.counted("refused_input");
    assert.ok(before > 0);
    assert.equal(host.apply(), "");
    assert.ok(host.counted("refused_input") >= before);
    host.run("nft insert rule inet gatebox_firewall input tcp dport 9999 accept");
    const { code, stderr } = host.sandbox.apply("firewall", tree, ["probe"]);
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "other rules stand than declared" });
    assert.equal(host.apply(), "loading the rules: other rules stand than declared");
    host.run("nft -f /etc/gatebox-closed/closed.nft");
    assert.match(host.apply(), /the host is closed: /);
    assert.equal(host.tables(), "firewall");
    const link = "/etc/systemd/system/sysinit.target.wants/gatebox-closed.service";
    host.run(`rm ${link}`);
    assert.match(host.apply(), /gatebox-closed\.service is not enabled/);
    assert.equal(host.run(`readlink ${link}`), "../gatebox-closed.service");
    host.run("echo >>/etc/gatebox-closed/closed.nft");
    assert.match(host.apply(), /closed\.nft is no copy/);
  });

  it("refuse an interface that is not there, rules that nftables refuses, and a rule set that is emptied", () => {
    const refused = (files: readonly TreeFile[]): string => {
      const { code, stderr } = host.sandbox.apply("firewall", files, ["check"]);
      assert.equal(code, 1);
      return stderr;
    };
    const interfaces = edited("lifecycle/settings", (text) => text.replace("box-network", "box-net"));
    assert.match(refused(interfaces), /this host has no interface box-net$/m);
    assert.match(refused(edited("nft/firewall.nft", (text) => `${text}accept`)), /nftables refuses the firewall/);
    assert.match(refused(edited("nft/closed.nft", (text) => `${text}accept`)), /that the host is closed with/);
    host.run("mkdir -p /run/enabled && : >/run/enabled/nftables.service && echo 'flush ruleset' >/etc/nftables.conf");
    assert.match(refused(tree), /nftables\.service is enabled and empties the whole rule set/);
  });
});
