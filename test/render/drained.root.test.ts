import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Box } from "../../box/model.ts";
import { drainScript, readyScript, remainingScript, trafficOf, undrainScript } from "../../render/drained/index.ts";
import { drainedRules } from "../../render/drained/rules.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { firewallFiles, haBox, haHost, haRegistry, vipFiles, virtualIps } from "./sampleHa.ts";
import { gatewayRoute, members, webserverRoute } from "./sampleRoutes.ts";
import { probed } from "./sandbox/probed.ts";
import { Sandbox, until, type Count } from "./sandbox/sandbox.ts";
import { scriptPath } from "./sandbox/scriptFile.ts";
import { Segment } from "./sandbox/segment.ts";

const port = 30165;
const gateways = ["gateway-1", "gateway-2"] as const;
type Gateway = (typeof gateways)[number];
const pod = "192.168.1.51";
const vip = "192.168.2.10";

/** Two gateways with a virtual IP, a web server that asks them at their own addresses, and a pod behind. */
function boxWith(preempt: boolean): Box {
  const box = haBox({ virtualIps: { kube: { ...virtualIps.kube, preempt } }, natGateways: [] });
  const destination = {
    members: [{ name: "pod", address: pod, port: 8081 }],
    check: { path: "/", intervalMs: 500, fall: 2, rise: 1 },
  };
  const upstream = { name: "stream_argocd", members: members(port, 2, 2) };
  return {
    ...box,
    pools: { ...box.pools, webservers_pool: { name: "webservers_pool", members: ["webserver-1"] } },
    kubeGateways: { ...box.kubeGateways!, routes: [gatewayRoute({ websocket: true }, destination)] },
    webservers: { ...box.webservers!, routes: [webserverRoute({ location: "/", upstream, websocket: true })] },
  };
}

/** Real HAProxy, nginx, keepalived, nftables and scripts; only systemd is a stand-in (see sandbox/systemctl). */
for (const preempt of [true, false])
  describe(`render: a gateway that is drained, its virtual IP with preempt: ${preempt}`, function () {
    // A drain takes some seconds; a machine under load gets several times that.
    this.timeout(120_000);
    const box = boxWith(preempt);
    const hosts = new Map<string, Sandbox>();
    const segments: Segment[] = [];
    let client: Sandbox;
    // What has nothing to do with how the address moves.
    const once = (title: string, work: () => void | Promise<void>): void => {
      if (preempt) it(title, work);
    };

    const hostOf = (name: string): Sandbox => hosts.get(name)!;
    const traffic = (name: string) => trafficOf(box, haHost(name), haRegistry);
    const drain = (name: string, forced = false): string[] =>
      hostOf(name)
        .run(drainScript(traffic(name), forced))
        .stdout.split("\n");
    const undrain = (name: string): string => hostOf(name).run(undrainScript(traffic(name))).stdout;
    const ready = (name: string): string[] =>
      hostOf(name)
        .run(readyScript(["gateway", "vip"], "nothing"))
        .stdout.split("\n");
    const holds = (name: string): boolean =>
      hostOf(name).run(`ip -o addr show dev gateway-network to ${vip}`).stdout !== "";
    const stateOf = (name: string): string => hostOf(name).run("cat /run/gatebox/vip/kube.state").stdout;
    const settled = (holder: Gateway): Promise<void> =>
      until(() => gateways.every((one) => stateOf(one).startsWith(one === holder ? "MASTER" : "BACKUP")));
    const remaining = (name: string): number =>
      Number(/^remaining (\d+)$/m.exec(hostOf(name).run(remainingScript(traffic(name))).stdout)?.[1]);
    const ownAddress = (name: string): string => haHost(name).addresses["gateway-network"]!;
    const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    /** Requests of its clients so far, those of a process that a reload has replaced aside. */
    const asked = (name: string): number =>
      Number(hostOf(name).run("echo 'show stat -1 1 -1' | socat - UNIX-CONNECT:/run/haproxy/admin.sock | awk -F , '$1 ~ /^argocd/ { print $8 }'").stdout); // prettier-ignore
    const leftovers = (name: string): string[] =>
      hostOf(name)
        .run(
          `for one in /var/lib/gatebox/drained* /run/gatebox/draining /etc/systemd/system/gatebox-drained.service /etc/systemd/system/sysinit.target.wants/gatebox-drained.service; do
          [ ! -e "$one" ] && [ ! -L "$one" ] || echo "$one"
        done
        nft list tables | grep drained
        grep -vx 0 /run/gatebox/vip/drain`,
        )
        .stdout.split("\n")
        .filter((line) => line !== "");
    const direct = (name: Gateway): string =>
      client.run(`curl -s -m 2 -o /dev/null -w '%{http_code} %{exitcode}' http://${ownAddress(name)}:${port}/`).stdout;

    function apply(name: string): void {
      const host = haHost(name);
      const trees = name.startsWith("gateway")
        ? ([
            ["firewall", firewallFiles(box, host)],
            ["gateway", gatewayFiles(box, host, haRegistry)],
            ["vip", vipFiles(box, host)],
          ] as const)
        : ([["webserver", webserverFiles(box, host)]] as const);
      for (const [assembly, files] of trees) {
        const { code, stderr } = hostOf(name).apply(assembly, files);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} ${assembly}`);
      }
    }

    before(async () => {
      const [outer, middle, inner] = await Promise.all(
        ["public-network", "gateway-network", "box-network"].map((network) => Segment.make(network)),
      );
      segments.push(outer!, middle!, inner!);
      client = await Sandbox.make([]);
      outer!.join(client, "192.168.0.100");
      middle!.join(client, "192.168.2.100");
      const backend = await Sandbox.make([]);
      hosts.set("pod", backend);
      inner!.join(backend, pod);
      await backend.serve("pod", pod, 8081, undefined, 100, 300_000);
      for (const name of ["webserver-1", ...gateways]) {
        const host = await Sandbox.make([]);
        hosts.set(name, host);
        const { addresses } = haHost(name);
        for (const [network, segment] of [
          ["public-network", outer],
          ["gateway-network", middle],
          ["box-network", inner],
        ] as const)
          if (addresses[network] !== undefined) segment!.join(host, addresses[network]);
        apply(name);
      }
      await settled("gateway-1");
    });
    after(async () => {
      for (const host of hosts.values()) await host.remove();
      await client.remove();
      for (const segment of segments) segment.remove();
    });
    afterEach(async () => {
      for (const name of gateways) undrain(name);
      for (const name of gateways) hostOf(name).run("systemctl start keepalived.service");
      // Without preemption an address stays where it is.
      if (holds("gateway-2") && !preempt) drain("gateway-2");
      undrain("gateway-2");
      await settled("gateway-1");
    });

    it("loses no request of those who ask its virtual IP", async () => {
      let said: string[] = [];
      let load: Count | undefined;
      const work = async (): Promise<void> => {
        load = await client.underLoad(`http://${vip}:${port}/`, undefined, "browser", async () => {
          said = drain("gateway-1");
          await pause(500);
        });
      };
      // Requests are under way at each moment, for a tenth of a second each; who begins at the wrong one is heard a second later.
      // Loss is what is looked for: a machine under load has taken 700 ms for each answer, all the while.
      const seen = await probed(client, vip, work, { port, patience: 5000, prompt: 4000 });
      console.log(`      ${JSON.stringify({ ...seen, ...load })}`);
      assert.equal(seen.lost, 0);
      assert.deepEqual([load?.failed, load?.reasons], [0, []]);
      assert.ok(seen.sent > 100, `${seen.sent} requests are no load`);
      assert.deepEqual(
        said.filter((line) => /^(already|failed|stays|odd)/.test(line)),
        [],
      );
      assert.deepEqual([holds("gateway-1"), holds("gateway-2")], [false, true]);
    });

    once("loses no request of the web servers, which no longer ask it, and gets them again", async () => {
      const load = await client.underLoad("https://192.168.0.30/", undefined, "", async () => {
        drain("gateway-1");
        await until(() => remaining("gateway-1") === 0);
        const before = asked("gateway-1");
        await pause(1500);
        assert.equal(asked("gateway-1"), before, "it is asked while it is drained");
        undrain("gateway-1");
        await until(() => asked("gateway-1") > before);
      });
      assert.deepEqual({ failed: load.failed, reasons: load.reasons }, { failed: 0, reasons: [] });
      assert.ok(load.answered > 200, `${load.answered} requests are no load`);
    });

    once("goes on with what is established at its own address, and counts it", async () => {
      const talk = client.start(`socat - TCP:${ownAddress("gateway-1")}:${port}`);
      const heard: Buffer[] = [];
      talk.stdout?.on("data", (chunk: Buffer) => heard.push(chunk));
      talk.stdin?.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: c2FtcGxlIG5vbmNlIDEyMw==\r\n\r\n"); // prettier-ignore
      await until(() => Buffer.concat(heard).includes("101 Switching Protocols"));
      drain("gateway-1");
      // What nginx keeps ends with its next request, or after 30 s.
      await until(() => remaining("gateway-1") === 1);
      assert.equal(direct("gateway-1"), "000 7", "a new connection is refused at once");
      talk.stdin?.write("still here?");
      await until(() => Buffer.concat(heard).includes("still here?"));
      talk.kill();
      await until(() => remaining("gateway-1") === 0);
    });

    once("lets its own programs in", () => {
      drain("gateway-1");
      const itself = `curl -s -m 2 -o /dev/null -w '%{http_code}' http://${ownAddress("gateway-1")}:${port}/`;
      assert.equal(hostOf("gateway-1").run(itself).stdout, "200");
    });

    it("stays drained over an up and over a boot, and lets an up change it", async () => {
      drain("gateway-1");
      apply("gateway-1");
      assert.equal(direct("gateway-1"), "000 7");
      assert.ok(ready("gateway-1").includes("works gateway"), ready("gateway-1").join("\n"));
      // What a boot leaves of it.
      hostOf("gateway-1").run(`sh '${scriptPath("boot-drained.sh")}'`);
      await until(() => /^(BACKUP 1|FAULT)/.test(stateOf("gateway-1")));
      await pause(1500);
      assert.deepEqual([holds("gateway-1"), holds("gateway-2")], [false, true]);
      assert.equal(direct("gateway-1"), "000 7");
      assert.equal(
        hostOf("gateway-1").run("sh /etc/gatebox/vip/scripts/drain off").code,
        1,
        "it is not drained by hand",
      );
      // Nor does whoever forgets its notes.
      hostOf("gateway-1").run("rm -f /run/gatebox/vip/drain");
      await until(() => hostOf("gateway-1").run("cat /run/gatebox/vip/drain").stdout === "-253");
      undrain("gateway-1");
      assert.equal(direct("gateway-1"), "200 0");
    });

    once("says twice that it is drained and is not, and changes nothing then", () => {
      assert.ok(!drain("gateway-1").includes("already"));
      const rules = hostOf("gateway-1").run("nft -a list table inet gatebox_drained").stdout;
      assert.ok(drain("gateway-1").includes("already"));
      assert.equal(hostOf("gateway-1").run("nft -a list table inet gatebox_drained").stdout, rules);
      assert.doesNotMatch(undrain("gateway-1"), /already/);
      assert.match(undrain("gateway-1"), /already/);
    });

    it("is as it was where nobody takes its virtual IP, unless that is forced", async () => {
      hostOf("gateway-2").run("systemctl stop keepalived.service");
      assert.ok(drain("gateway-1").some((line) => /^failed no other host has taken: kube/.test(line)));
      assert.deepEqual(leftovers("gateway-1"), []);
      assert.equal(direct("gateway-1"), "200 0");
      // An address with preempt: false is given up at once, and comes back when it is known that nobody took it.
      await until(() => holds("gateway-1"));
      assert.ok(drain("gateway-1", true).some((line) => /^stays no other host has taken: kube/.test(line)));
      assert.equal(direct("gateway-1"), "000 7");
      const served = client.run(`sleep 1; curl -s -m 3 -o /dev/null -w '%{http_code}' http://${vip}:${port}/`).stdout;
      assert.deepEqual([served, holds("gateway-1")], ["200", true]);
      undrain("gateway-1");
      assert.deepEqual(leftovers("gateway-1"), []);
    });

    once("is left alone while an up or another drain is at work on it, whose lock ends with its process", async () => {
      for (const lock of ["gateway", "vip", "drain"]) {
        hostOf("gateway-1").start(`flock /run/gatebox/${lock}.lock sleep 60`);
        await until(() => hostOf("gateway-1").run(`flock -n /run/gatebox/${lock}.lock true`).code !== 0);
        const said = hostOf("gateway-1").run(`GATEBOX_LOCK_WAIT=0\n${drainScript(traffic("gateway-1"), false)}`).stdout;
        assert.match(said, lock === "drain" ? /^failed it is being drained/m : /^failed an `up` is changing /m);
        if (lock !== "drain") assert.ok(ready("gateway-1").includes(`changing ${lock}`));
        assert.deepEqual(leftovers("gateway-1"), []);
        hostOf("gateway-1").run("pkill -KILL sleep; true");
        await until(() => hostOf("gateway-1").run(`flock -n /run/gatebox/${lock}.lock true`).code === 0);
      }
    });

    it("keeps no packet waiting where its drain is killed", async () => {
      hostOf("gateway-2").run("systemctl stop keepalived.service");
      const killed = hostOf("gateway-1").start(`sh -c ${quoted(drainScript(traffic("gateway-1"), false))}`);
      await until(() => /timeout/.test(hostOf("gateway-1").run("nft list table inet gatebox_drained | grep -o 'elements.*timeout'").stdout)); // prettier-ignore
      hostOf("gateway-1").run("pkill -KILL -f 'gatebox-drain[ ]1'; pkill -KILL -f scripts/drain; true");
      killed.kill("SIGKILL");
      await until(() => !/elements/.test(hostOf("gateway-1").run("nft list table inet gatebox_drained").stdout));
      undrain("gateway-1");
      assert.deepEqual(leftovers("gateway-1"), []);
      assert.equal(hostOf("gateway-1").run("flock -n /run/gatebox/drain.lock true").code, 0);
    });

    once("tells how it is", async () => {
      await until(() => ready("gateway-1").includes("route argocd-30165/pod up"));
      const lines = ready("gateway-1");
      for (const one of ["works gateway", "works vip", "vip kube MASTER", "route argocd-30165 up"])
        assert.ok(lines.includes(one), lines.join("\n"));
      assert.equal(lines.at(-1), "end");
      const announcing = (announces: "begin" | "end" | "nothing"): boolean =>
        hostOf("gateway-1").run(readyScript([], announces)).stdout.split("\n").includes("draining");
      assert.deepEqual([announcing("begin"), announcing("nothing"), announcing("begin")], [false, true, true]);
      hostOf("gateway-1").run("touch -d '-130 seconds' /run/gatebox/draining");
      assert.equal(announcing("nothing"), false, "it ends by itself");
      assert.deepEqual([announcing("begin"), announcing("end"), announcing("nothing")], [false, false, false]);
      drain("gateway-1");
      assert.match(ready("gateway-1").join("\n"), /^drained \d+$/m);
      hostOf("gateway-2").run("systemctl stop haproxy.service");
      assert.match(ready("gateway-2").join("\n"), /^fails gateway .*HAProxy/m);
      hostOf("gateway-2").run("systemctl start haproxy.service");
    });
  });

describe("render: the rules of a host that is drained", function () {
  this.timeout(60_000);
  const link = { network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.1" };
  const held = "192.168.2.10";
  let host: Sandbox;
  before(async () => {
    host = await Sandbox.make([link]);
    host.run(`ip address add ${held}/32 dev gateway-network`);
    for (const one of [22, 80, 443, 9100]) host.squat(one);
  });
  after(() => host.remove());

  const answers = (address: string, options = "connect-timeout=1"): Record<number, string> =>
    Object.fromEntries(
      [22, 80, 443, 9100].map((one) => {
        const { code, stderr } = host.run(`socat -u OPEN:/dev/null TCP:${address}:${one},${options}`, link.network);
        return [one, code === 0 ? "open" : stderr.includes("refused") ? "refused" : "silent"];
      }),
    );
  function load(ports: readonly number[], allBut: boolean): void {
    const at = (address: string) => [{ address, ports, allBut }];
    const file = `nft -f - <<'RULES'\n${drainedRules({ own: at(link.address), virtual: at(held) })}RULES`;
    assert.deepEqual(host.run(file), { code: 0, stdout: "", stderr: "" });
  }
  const open = { 22: "open", 80: "open", 443: "open", 9100: "open" };

  it("refuse clients, and let all others in", () => {
    load([80, 443], false);
    assert.deepEqual(answers(link.address), { ...open, 80: "refused", 443: "refused" });
    load([22, 9100], true);
    assert.deepEqual(answers(link.address), { ...open, 80: "refused", 443: "refused" });
    load([22], true);
    assert.deepEqual(answers(link.address), { ...open, 80: "refused", 443: "refused", 9100: "refused" });
  });

  it("let the probe of an up through, and no other port of it", () => {
    load([22], true);
    assert.deepEqual(answers(link.address, "connect-timeout=1,sourceport=1,reuseaddr"), open);
    assert.equal(answers(link.address, "connect-timeout=1,sourceport=2,reuseaddr")[443], "refused");
  });

  it("keep clients of a virtual IP waiting for as long as it is named, and by itself no longer", async () => {
    load([22, 9100], true);
    assert.deepEqual(answers(held), open);
    host.run(`nft add element inet gatebox_drained held4 '{ ${held} timeout 8s }'`);
    assert.deepEqual(answers(held), { ...open, 80: "silent", 443: "silent" });
    await until(() => answers(held)[443] === "open");
  });
});
