import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Box } from "../../box/model.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { firewallFiles, natFiles, natGateways, vipFiles, virtualIps } from "./sampleHa.ts";
import { edge6, ipv6Box, ipv6Host } from "./sampleIpv6.ts";
import { probed } from "./sandbox/probed.ts";
import type { Noticed } from "./sandbox/probed.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { Segment } from "./sandbox/segment.ts";
import { promptly } from "./sandbox/witness.ts";
import { scriptFile } from "./sandbox/scriptFile.ts";

const names = ["webserver-1", "webserver-2"] as const;
type Name = (typeof names)[number];

const vips = { edge: virtualIps.edge.address, edge6: edge6.address } as const;
type Vip = keyof typeof vips;

/**
 * An IPv4 and an IPv6 address for clients on two web servers: real keepalived, nginx and the firewall of a NAT gateway,
 * which web servers are too. A neighbour on their network sees who has the IPv6 address by neighbour discovery.
 */
describe("render: an IPv6 virtual IP at work beside an IPv4 one", function () {
  // As in vrrp.root.test.ts: a fault and the way back take some ten seconds, and several times that under load.
  this.timeout(120_000);
  let network: Segment;
  let inner: Segment;
  let client: Sandbox;
  const hosts = new Map<Name, Sandbox>();
  const change = { natGateways: [natGateways[1]!] };
  const box = ipv6Box({ ...change, virtualIps: { edge: virtualIps.edge, edge6 } });
  const grouped = ipv6Box({ ...change, virtualIps: { edge: virtualIps.edge, edge6: { ...edge6, syncGroup: "edge" } } });

  const hostOf = (name: Name): Sandbox => hosts.get(name)!;
  const own6 = (name: Name): string => ipv6Host(name).addresses6?.["public-network"] ?? "";
  const holders = (vip: Vip): string =>
    names.filter((name) => hostOf(name).run(`ip -o addr show dev public-network to ${vips[vip]}`).stdout !== "").join();
  const stateOf = (name: Name, vip: Vip): string => hostOf(name).run(`cat /run/gatebox/vip/${vip}.state`).stdout;
  const etherOf = (name: Name): string =>
    hostOf(name).run("ip -br link show public-network | awk '{ print $3 }'").stdout;
  /** Whose hardware address the neighbour has noted for the IPv6 address. It is asked for nothing. */
  const noted = (): string =>
    client.run(`ip -6 neigh show to ${vips.edge6} | sed -n 's/.*lladdr \\([0-9a-f:]*\\).*/\\1/p'`).stdout;
  /** What `ip monitor` reports from now on. The address may be back within a second, too soon for looking now and then. */
  async function monitor(where: Sandbox, what: string): Promise<() => string> {
    const lines: string[] = [];
    where.start(`ip -o monitor ${what}`).stdout?.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
    // Until it has its socket; it says nothing of that.
    await pause(500);
    return () => lines.join("");
  }
  /** The status, waited for as long as an answer that must come may take; for silence a second is enough. */
  const asked = (url: string, seconds = 10): string => {
    const { code, stdout } = client.run(`curl -gsk -m ${seconds} -o /dev/null -w '%{http_code}' '${url}'`);
    return code === 28 ? "silent" : code === 7 ? "refused" : stdout;
  };

  async function until(condition: () => boolean, what: string): Promise<number> {
    const begun = Date.now();
    while (!condition()) {
      if (Date.now() - begun > 20_000) throw new Error(`${what}: not within 20 s`);
      await pause(20);
    }
    return Date.now() - begun;
  }
  /** One holder alone of each address, which every host says too. */
  const settled = (edge: Name, six: Name = edge): Promise<number> =>
    until(
      () =>
        (["edge", "edge6"] as const).every((vip) => {
          const holder = vip === "edge" ? edge : six;
          return holders(vip) === holder && stateOf(holder, vip).startsWith("MASTER");
        }),
      `${edge} alone holds the IPv4, ${six} alone the IPv6 address`,
    );

  function apply(name: Name, assemblies: readonly ("firewall" | "nat" | "webserver" | "vip")[], of: Box = box): void {
    const files = { firewall: firewallFiles, nat: natFiles, webserver: webserverFiles, vip: vipFiles };
    for (const assembly of assemblies) {
      const { code, stderr } = hostOf(name).apply(assembly, files[assembly](of, ipv6Host(name)));
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} ${assembly}`);
    }
  }

  before(async () => {
    network = await Segment.make("public-network");
    inner = await Segment.make("gateway-network");
    client = await Sandbox.make([]);
    network.join(client, "192.168.0.100");
    client.run("ip addr add fd00:0:0:a::100/64 dev public-network nodad");
    for (const name of names) {
      const host = await Sandbox.make([]);
      hosts.set(name, host);
      const { addresses } = ipv6Host(name);
      network.join(host, addresses["public-network"]!);
      inner.join(host, addresses["gateway-network"]!);
      host.run(`ip addr add ${own6(name)}/64 dev public-network`);
      await host.serve("kubelet", "::", 10250);
      await host.serve("sshd", "::", 22);
    }
    for (const name of names) apply(name, ["firewall", "nat", "webserver", "vip"]);
    await settled("webserver-1");
    // It may be held back for a moment.
    const backups = (): boolean =>
      (["edge", "edge6"] as const).every((vip) => stateOf("webserver-2", vip).startsWith("BACKUP"));
    await until(backups, "webserver-2 is a backup of both");
  });
  after(async () => {
    for (const host of hosts.values()) await host.remove();
    await client.remove();
    network.remove();
    inner.remove();
  });

  it("has one holder of each, which serves clients over both, and which a neighbour finds", () => {
    for (const address of [vips.edge, `[${vips.edge6}]`]) {
      assert.equal(asked(`http://${address}/`), "308");
      assert.equal(asked(`https://${address}/-/healthz`), "200");
    }
    assert.equal(noted(), etherOf("webserver-1"));
    assert.deepEqual(
      names.map((name) => [stateOf(name, "edge"), stateOf(name, "edge6")]),
      [
        ["MASTER 200", "MASTER 200"],
        ["BACKUP 100", "BACKUP 100"],
      ],
    );
  });

  it("is held back where its number is another than the holder's, until the holder is heard", async () => {
    const other = ipv6Box({
      ...change,
      virtualIps: { edge: virtualIps.edge, edge6: { ...edge6, virtualRouterId: 99 } },
    });
    apply("webserver-2", ["vip"], other);
    await pause(3000);
    assert.match(stateOf("webserver-2", "edge6"), /^FAULT/);
    assert.match(stateOf("webserver-2", "edge"), /^BACKUP/);
    apply("webserver-2", ["vip"]);
    await until(() => stateOf("webserver-2", "edge6").startsWith("BACKUP"), "the holder is heard");
    assert.equal(holders("edge6"), "webserver-1");
  });

  it("serves at once, and is never chosen for what the holder asks of others", () => {
    const { stdout } = hostOf("webserver-1").run(`ip -6 -o addr show dev public-network to ${vips.edge6}`);
    assert.match(stdout, / nodad deprecated /);
    assert.match(hostOf("webserver-1").run("ip -6 route get fd00:0:0:a::100").stdout, / src fd00:0:0:a::30 /);
  });

  it("leaves closed over IPv6 what is closed over IPv4, to a stranger's VRRP too", () => {
    const counted = (): number =>
      Number(
        hostOf("webserver-1").run(
          "nft list counter inet gatebox_firewall refused_input | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'",
        ).stdout,
      );
    for (const address of [own6("webserver-1"), vips.edge6]) {
      // The operator comes in by this network.
      assert.notEqual(asked(`http://[${address}]:22/`), "silent");
      const before = counted();
      assert.equal(asked(`http://[${address}]:10250/`, 1), "silent");
      assert.ok(counted() > before);
    }
    const before = counted();
    client.run(`printf x | socat -u - 'IP6-SENDTO:[${own6("webserver-1")}]:112'`);
    assert.equal(counted(), before + 1);
    assert.equal(counted(), before + 1);
    // Peers' adverts are not among those refused: a backup gets ten a second.
    hostOf("webserver-2").run("sleep 0.5");
    assert.equal(
      hostOf("webserver-2").run(
        "nft list counter inet gatebox_firewall refused_input | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'",
      ).stdout,
      "0",
    );
  });

  for (const [program, how] of [
    ["keepalived", "killed"],
    ["keepalived", "frozen"],
    ["nginx", "killed"],
    ["nginx", "frozen"],
  ] as const) {
    const bound = how === "killed" ? 500 : 1500;
    it(`${program} ${how} on the holder: out for ${bound} ms at most over IPv6, both move, the neighbour hears of it`, async () => {
      const script = `pids=$(pidof ${program}); kill -STOP $pids${how === "killed" ? "; kill -KILL $pids" : ""}`;
      const again =
        how === "frozen"
          ? `kill -CONT $(pidof ${program})`
          : "systemctl start nginx.service; systemctl start keepalived.service";
      const note = new RegExp(`^${vips.edge6} .*lladdr ${etherOf("webserver-2")} `, "m");
      const take = async (): Promise<Noticed & { moved: number }> => {
        const taken = await monitor(hostOf("webserver-2"), "address");
        const reported = await monitor(client, "neigh");
        let moved = 0;
        const seen = await probed(client, vips.edge6, async () => {
          assert.equal(hostOf("webserver-1").run(script).stderr, "");
          moved = await until(() => Object.values(vips).every((vip) => taken().includes(` ${vip}/`)), "both move");
          await until(() => note.test(reported()), "the neighbour hears of it");
        });
        console.log(`      ${program} ${how}: ${JSON.stringify({ ...seen, moved })}`);
        hostOf("webserver-1").run(again);
        await settled("webserver-1");
        return { ...seen, moved };
      };
      const { outage, moved } = await promptly(take, (seen) => seen.outage <= bound && seen.moved <= 2500);
      assert.ok(outage <= bound, `${outage} ms`);
      assert.ok(moved <= 2500, `${moved} ms`);
      await until(() => noted() === etherOf("webserver-1"), "the neighbour hears of it");
    });
  }

  it("announces itself to a neighbour that asks for nothing", async () => {
    // A wrong note that would be kept: the neighbour sends nothing, so only an announcement corrects it.
    const wrong = "02:00:00:00:00:99";
    // Again where the holder announces itself in this very moment, as it does now and then.
    await until(() => {
      client.run(`ip -6 neigh replace ${vips.edge6} lladdr ${wrong} dev public-network nud stale`);
      return noted() === wrong;
    }, "the wrong note");
    hostOf("webserver-1").run("systemctl restart keepalived.service");
    await settled("webserver-1");
    await until(() => noted() === etherOf("webserver-1"), "the neighbour hears of it");
  });

  it("comes to hold its address though its own one is still looked for when keepalived starts", async () => {
    const { stdout } = hostOf("webserver-1").run(scriptFile("address-anew.sh", `${own6("webserver-1")}/64`));
    assert.match(stdout, /tentative/);
    await settled("webserver-1");
  });

  it("leaves the IPv4 address where it is when the IPv6 one alone cannot stay; together they go and come back", async () => {
    const restart = "systemctl stop keepalived.service; systemctl start keepalived.service";
    // keepalived cannot bind to its own address: the one thing that the other instance does not need.
    const without = `sysctl -qw net.ipv6.ip_nonlocal_bind=0
      ip addr del ${own6("webserver-1")}/64 dev public-network; ${restart}`;
    const again = `sysctl -qw net.ipv6.ip_nonlocal_bind=1
      ip addr add ${own6("webserver-1")}/64 dev public-network; ${restart}`;
    hostOf("webserver-1").run(without);
    await settled("webserver-1", "webserver-2");
    hostOf("webserver-1").run(again);
    await settled("webserver-1");

    for (const name of names) apply(name, ["vip"], grouped);
    await settled("webserver-1");
    hostOf("webserver-1").run(without);
    await settled("webserver-2");
    hostOf("webserver-1").run(again);
    await settled("webserver-1");
    for (const name of names) apply(name, ["vip"]);
    await settled("webserver-1");
  });

  it("refuses an IPv6 address that a stranger has, and knows its peers", () => {
    const other = { ...edge6, name: "other", address: "fd00:0:0:a::100", virtualRouterId: 9 };
    const both = ipv6Box({ ...change, virtualIps: { edge: virtualIps.edge, edge6, other } });
    const { code, stderr } = hostOf("webserver-2").apply("vip", vipFiles(both, ipv6Host("webserver-2")), ["check"]);
    assert.equal(code, 1);
    assert.match(stderr, /virtual IP other: fd00:0:0:a::100 is in use already, by [0-9a-f:]+ on public-network/);
    const known = hostOf("webserver-2").run(`cd /etc/gatebox/vip &&
      CURRENT=/nonexistent TREE=$(readlink -f .) sh -eu lifecycle/check`);
    assert.deepEqual({ code: known.code, stderr: known.stderr }, { code: 0, stderr: "" });
  });

  it("leaves nothing behind when its base is removed", async () => {
    const { code, stderr } = hostOf("webserver-1").run("cd /etc/gatebox/vip && sh -eu lifecycle/deactivate");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    await settled("webserver-2");
    assert.equal(asked(`http://[${vips.edge6}]/`), "308");
  });
});
