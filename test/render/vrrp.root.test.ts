import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { webserverFiles } from "../../render/webserver/index.ts";
import { haBox, haHost, vipFiles, virtualIps } from "./sampleHa.ts";
import { probed, type Noticed } from "./sandbox/probed.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { Segment } from "./sandbox/segment.ts";
import { promptly } from "./sandbox/witness.ts";
import { scriptPath } from "./sandbox/scriptFile.ts";

const vip = "192.168.0.33";
const names = ["webserver-1", "webserver-2"] as const;
type Name = (typeof names)[number];

/** What the client and the hosts saw of one fault. */
interface Outcome extends Noticed {
  /** From the fault until the address was on the other host, and until it was off this one. */
  readonly taken: number;
  readonly released: number;
}

/**
 * Real keepalived, nginx and lifecycle scripts on two hosts of one network; only systemd is a stand-in (see
 * sandbox/systemctl), whose restarts take as long as those that the drop-in asks for.
 */
describe("render: a virtual IP at work", function () {
  // A fault takes below five seconds, and so does coming back; a machine under load gets several times that.
  this.timeout(120_000);
  let network: Segment;
  let inner: Segment;
  let client: Sandbox;
  let previous: string;
  const hosts = new Map<Name, Sandbox>();
  const ports = new Map<Name, string>();
  const box = haBox({ virtualIps: { edge: virtualIps.edge }, natGateways: [] });

  const hostOf = (name: Name): Sandbox => hosts.get(name)!;
  const holds = (name: Name): boolean => hostOf(name).run(`ip -o addr show dev public-network to ${vip}`).stdout !== "";
  const holders = (): Name[] => names.filter(holds);
  const stateOf = (name: Name): string => hostOf(name).run("cat /run/gatebox/vip/edge.state").stdout;
  const settings = (name: Name): string =>
    hostOf(name).run("sysctl net.ipv4.ip_nonlocal_bind net.ipv6.ip_nonlocal_bind net.ipv4.conf.all.arp_ignore").stdout;
  /** Waits until `condition`, and says after how many ms it came true. */
  async function until(condition: () => boolean, what: string, seconds = 15): Promise<number> {
    const begun = Date.now();
    while (!condition()) {
      if (Date.now() - begun > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
      await pause(20);
    }
    return Date.now() - begun;
  }
  const settled = (holder: Name): Promise<number> =>
    until(
      () =>
        holders().join() === holder &&
        names.every((one) => stateOf(one).startsWith(one === holder ? "MASTER" : "BACKUP")),
      `${holder} alone holds ${vip}`,
      20,
    );

  function apply(name: Name): void {
    for (const [assembly, files] of [
      ["webserver", webserverFiles(box, haHost(name))],
      ["vip", vipFiles(box, haHost(name))],
    ] as const) {
      const { code, stderr } = hostOf(name).apply(assembly, files);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} ${assembly}`);
    }
  }

  /** Breaks the holder with `script` and watches until the other alone has the address. */
  async function fault(title: string, from: Name, to: Name, script: string): Promise<Outcome> {
    let taken = 0;
    let released = 0;
    const seen = await probed(client, vip, async () => {
      assert.equal(hostOf(from).run(script).stderr, "");
      const begun = Date.now();
      const both = [
        until(() => holds(to), `${to} takes over`).then(() => (taken = Date.now() - begun)),
        until(() => !holds(from), `${from} lets go`).then(() => (released = Date.now() - begun)),
      ];
      await Promise.all(both);
    });
    const outcome = { ...seen, taken, released };
    console.log(`      ${title}: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  before(async () => {
    network = await Segment.make("public-network");
    inner = await Segment.make("gateway-network");
    client = await Sandbox.make([]);
    network.join(client, "192.168.0.100");
    for (const name of names) {
      const host = await Sandbox.make([]);
      hosts.set(name, host);
      ports.set(name, network.join(host, haHost(name).addresses["public-network"]!));
      inner.join(host, haHost(name).addresses["gateway-network"]!);
    }
    previous = settings("webserver-1");
    for (const name of names) apply(name);
    assert.notEqual(settings("webserver-1"), previous);
    await settled("webserver-1");
  });
  after(async () => {
    for (const host of hosts.values()) await host.remove();
    await client.remove();
    network.remove();
    inner.remove();
  });

  it("has one holder, the host of the highest priority, and reports it to monitoring", () => {
    assert.deepEqual(holders(), ["webserver-1"]);
    assert.equal(stateOf("webserver-1"), "MASTER 200");
    assert.equal(stateOf("webserver-2"), "BACKUP 100");
    const answers = client.run(
      `arping -c 3 -w 2 -I public-network ${vip} | sed -n 's/.*\\[\\(.*\\)\\].*/\\1/p' | sort -u`,
    );
    assert.equal(
      answers.stdout.toLowerCase(),
      hostOf("webserver-1").run("ip -br link show public-network | awk '{ print $3 }'").stdout,
    );
  });

  for (const [program, bound] of [
    ["keepalived", 500],
    ["nginx", 500],
  ] as const) {
    // Stopped first: a parent that outlives a worker by a moment would make a new one.
    it(`${program} killed on the holder: out for ${bound} ms at most, the address gone from it within 2 s`, async () => {
      const take = async (): Promise<Outcome> => {
        const killed = `pids=$(pidof ${program}); kill -STOP $pids; kill -KILL $pids`;
        const outcome = await fault(`${program} -KILL`, "webserver-1", "webserver-2", killed);
        hostOf("webserver-1").run("systemctl start nginx.service; systemctl start keepalived.service");
        await settled("webserver-1");
        return outcome;
      };
      const result = await promptly(take, ({ outage, released }) => outage <= bound && released <= 2000);
      assert.ok(result.outage <= bound, `${result.outage} ms`);
      assert.ok(result.released <= 2000, `${result.released} ms until released`);
    });

    it(`${program} frozen on the holder: out for 1500 ms at most, one holder within 2 s`, async () => {
      const take = async (): Promise<Outcome> => {
        const stopped = `kill -STOP $(pidof ${program})`;
        const outcome = await fault(`${program} -STOP`, "webserver-1", "webserver-2", stopped);
        hostOf("webserver-1").run(`kill -CONT $(pidof ${program})`);
        await settled("webserver-1");
        return outcome;
      };
      const inTime = ({ released, taken }: Outcome): boolean => released <= 2000 && taken <= 2000;
      const result = await promptly(take, (outcome) => outcome.outage <= 1500 && inTime(outcome));
      assert.ok(result.outage <= 1500, `${result.outage} ms`);
      assert.ok(inTime(result), JSON.stringify(result));
    });
  }

  it("is drained without an outage, and has the address again when that ends", async () => {
    const drain = (argument: string): string =>
      hostOf("webserver-1").run(`sh /etc/gatebox/vip/scripts/drain ${argument}`).stdout;
    const { outage } = await probed(client, vip, async () => {
      assert.equal(drain(""), "no virtual IP is on this host");
      assert.deepEqual(holders(), ["webserver-2"]);
      assert.equal(drain("off"), "this host may have virtual IPs again");
      await until(() => holders().join() === "webserver-1", "webserver-1 alone holds it");
    });
    console.log(`      drained and back: out for ${outage} ms`);
    assert.ok(outage <= 200, `${outage} ms`);
    await settled("webserver-1");
  });

  it("reports to monitoring the priority that a backup falls to while it is drained", async () => {
    const drain = (argument: string): string =>
      hostOf("webserver-2").run(`sh /etc/gatebox/vip/scripts/drain ${argument}`).stdout;
    assert.equal(drain(""), "no virtual IP is on this host");
    await until(() => stateOf("webserver-2") === "BACKUP 1", "the lowest priority");
    drain("off");
    await until(() => stateOf("webserver-2") === "BACKUP 100", "its own priority");
  });

  it("stays where it is when nobody else can take it, and says so", async () => {
    hostOf("webserver-2").run("systemctl stop keepalived.service");
    const { code, stderr } = hostOf("webserver-1").run("sh /etc/gatebox/vip/scripts/drain");
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "no other host has taken: edge" });
    assert.deepEqual(holders(), ["webserver-1"]);
    hostOf("webserver-1").run("sh /etc/gatebox/vip/scripts/drain off");
    hostOf("webserver-2").run("systemctl start keepalived.service");
    await settled("webserver-1");
  });

  it("has an address again that it gave up at once, where nobody else takes it, and says so", async () => {
    const staying = haBox({ virtualIps: { edge: { ...virtualIps.edge, preempt: false } }, natGateways: [] });
    hostOf("webserver-2").run("systemctl stop keepalived.service");
    assert.equal(hostOf("webserver-1").apply("vip", vipFiles(staying, haHost("webserver-1"))).stderr, "");
    const { code, stderr } = hostOf("webserver-1").run("sh /etc/gatebox/vip/scripts/drain");
    assert.deepEqual(
      { code, stderr },
      { code: 1, stderr: "no other host has taken: edge; this host is drained no longer" },
    );
    await until(() => holders().join() === "webserver-1", "webserver-1 alone holds it");
    apply("webserver-1");
    hostOf("webserver-2").run("systemctl start keepalived.service");
    await settled("webserver-1");
  });

  it("reports each state to the programs of other trees, also when keepalived is stopped", async () => {
    const reported = (): string => hostOf("webserver-1").run("cat /run/reported").stdout;
    const listener = "/etc/gatebox/other/vip-events/edge";
    hostOf("webserver-1").run(`install -D -m 755 '${scriptPath("vip-listener.sh")}' ${listener}`);
    hostOf("webserver-1").run("systemctl stop keepalived.service");
    await until(() => reported() === "STOP", "the stop is reported");
    hostOf("webserver-1").run("systemctl start keepalived.service");
    await settled("webserver-1");
    await until(() => reported().endsWith("MASTER"), "the start is reported");
    assert.equal(reported().match(/STOP/g)?.length, 1);
    hostOf("webserver-1").run("rm -rf /etc/gatebox/other /run/reported");
  });

  it("says a state again that was lost in a reload", async () => {
    hostOf("webserver-2").run("echo 'FAULT 100' >/run/gatebox/vip/edge.state");
    const lowered = haBox({
      virtualIps: { edge: { ...virtualIps.edge, priorities: { "webserver-1": 200, "webserver-2": 50 } } },
      natGateways: [],
    });
    const { code, stderr } = hostOf("webserver-2").apply("vip", vipFiles(lowered, haHost("webserver-2")));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(stateOf("webserver-2"), "BACKUP 50");
    apply("webserver-2");
    await settled("webserver-1");
  });

  it("puts the address back that somebody deletes by hand, on one host", async () => {
    hostOf("webserver-1").run(`ip addr del ${vip}/24 dev public-network`);
    await settled("webserver-1");
  });

  it("reloads for a new priority, without a restart, and the address goes where it belongs", async () => {
    const pidOf = (name: Name): string => hostOf(name).run("cat /run/gatebox/vip/keepalived.pid").stdout;
    const before = pidOf("webserver-2");
    const raised = haBox({
      virtualIps: { edge: { ...virtualIps.edge, priorities: { "webserver-1": 200, "webserver-2": 250 } } },
      natGateways: [],
    });
    const { code, stderr } = hostOf("webserver-2").apply("vip", vipFiles(raised, haHost("webserver-2")));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    await until(() => holders().join() === "webserver-2", "webserver-2 alone holds it");
    assert.equal(pidOf("webserver-2"), before);
    apply("webserver-2");
    await settled("webserver-1");
    assert.equal(pidOf("webserver-2"), before);
  });

  it("refuses an address that a stranger has, and one that is not on the interface's network", () => {
    const at = (address: string): string => {
      const other = { ...virtualIps.edge, name: "other", address, virtualRouterId: 9 };
      const both = haBox({ virtualIps: { edge: virtualIps.edge, other }, natGateways: [] });
      const { code, stderr } = hostOf("webserver-2").apply("vip", vipFiles(both, haHost("webserver-2")), ["check"]);
      assert.equal(code, 1);
      return stderr;
    };
    assert.match(
      at("192.168.0.100"),
      /virtual IP other: 192\.168\.0\.100 is in use already, by [0-9A-Fa-f:]+ on public-network/,
    );
    assert.match(at("192.168.2.77"), /192\.168\.2\.77 is reached by another interface than public-network/);
    // What a peer has got from its keepalived is no stranger's.
    const { code, stderr } = hostOf("webserver-2").run(`cd /etc/gatebox/vip &&
      CURRENT=/nonexistent TREE=$(readlink -f .) sh -eu lifecycle/check`);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });

  it("refuses a changed address that a stranger has, also under the name of one that it holds", () => {
    const at = (address: string): { code: number; stderr: string } => {
      const changed = haBox({ virtualIps: { edge: { ...virtualIps.edge, address } }, natGateways: [] });
      return hostOf("webserver-1").apply("vip", vipFiles(changed, haHost("webserver-1")), ["check"]);
    };
    assert.match(at("192.168.0.100").stderr, /virtual IP edge: 192\.168\.0\.100 is in use already, by/);
    // It holds this one itself, from its keepalived; only the name is new.
    const renamed = haBox({ virtualIps: { front: { ...virtualIps.edge, name: "front" } }, natGateways: [] });
    const { code, stderr } = hostOf("webserver-1").apply("vip", vipFiles(renamed, haHost("webserver-1")), ["check"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    apply("webserver-1");
  });

  it("hands over and leaves nothing behind when its base is removed", async () => {
    const { code, stderr } = hostOf("webserver-1").run("cd /etc/gatebox/vip && sh -eu lifecycle/deactivate");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    await until(() => holders().join() === "webserver-2", "webserver-2 alone holds it");
    assert.equal(hostOf("webserver-1").run("pidof keepalived; ls -d /run/gatebox/vip 2>/dev/null").stdout, "");
    assert.equal(hostOf("webserver-1").run("ls /var/lib/gatebox/vip").stdout, "generations");
    assert.equal(settings("webserver-1"), previous);
  });

  it("leaves settings that the host's network wants as well", () => {
    const { stdout, stderr } = hostOf("webserver-2")
      .run(`echo 'net.ipv4.conf.all.arp_ignore = 1' >/etc/sysctl.d/60-gatebox-network.conf
        cd /etc/gatebox/vip && sh -eu lifecycle/deactivate && sysctl -n net.ipv4.conf.all.arp_ignore net.ipv4.ip_nonlocal_bind`);
    assert.deepEqual({ stdout, stderr }, { stdout: "1\n0", stderr: "" });
  });
});
