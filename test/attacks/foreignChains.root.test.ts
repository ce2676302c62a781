import assert from "node:assert/strict";
import fc from "fast-check";
import { gatewayFiles } from "../../render/gateway/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { gatewayHost, gatewayRoute, sampleBox, webserverHost, webserverRoute } from "../render/sampleRoutes.ts";
import { haBox, natGateways, virtualIps } from "../render/sampleHa.ts";
import { NatNetwork } from "../render/sandbox/natNetwork.ts";
import { Sandbox } from "../render/sandbox/sandbox.ts";

/** What somebody else put on a gateway: rules in their own words, and whether users still get to the port 30165. */
interface Foreign {
  readonly what: string;
  readonly load: string;
  readonly unload: string;
  /** What the refusal names; nothing where users get through. */
  readonly names?: RegExp;
}

const nft = (rules: string): string => `nft -f - <<'RULES'\n${rules}\nRULES`;

/** A base chain of somebody's table, by hand. */
function byHand(
  hook: string,
  priority: number,
  policy: string,
  rules: readonly string[],
  drops: boolean,
  users = "gateway-network",
): Foreign {
  const load = nft(
    `table inet theirs {\nchain guard {\ntype filter hook ${hook} priority ${priority}\npolicy ${policy}\niifname != "${users}" accept\n${rules.join("\n")}\n}\n}`,
  );
  const what = `${hook} ${priority} policy ${policy}: ${rules.join("; ")}`;
  return {
    what,
    load,
    unload: "nft delete table inet theirs",
    ...(drops ? { names: /chain guard of the table inet theirs drops it/ } : {}),
  };
}

/** iptables in one of its two forms, with a policy and the rules before it. */
function byIptables(command: string, chain: string, rule: string | undefined, names?: RegExp): Foreign {
  return {
    what: `${command} ${chain} policy DROP, ${rule ?? "no rule"}`,
    load: `${command} -A ${chain} -i lo -j ACCEPT && ${command} -A ${chain} -i box-network -j ACCEPT &&
      ${rule === undefined ? ":" : `${command} -A ${chain} ${rule}`} && ${command} -P ${chain} DROP`,
    unload: `${command} -P ${chain} ACCEPT && ${command} -F ${chain}`,
    ...(names ? { names } : {}),
  };
}

const fixed: readonly Foreign[] = [
  // Docker's, ufw's on a gateway, and one that lets the port through.
  byIptables("iptables-nft", "FORWARD", undefined),
  byIptables("iptables-nft", "INPUT", undefined, /chain INPUT of the table ip filter drops it/),
  byIptables("iptables-nft", "INPUT", "-p tcp --dport 30165 -m comment --comment theirs -j ACCEPT"),
  byIptables("iptables-legacy", "INPUT", undefined, /iptables-legacy -S/),
  byIptables("iptables-legacy", "INPUT", "-i gateway-network -p tcp -j ACCEPT"),
  {
    what: "a program of eBPF that takes packets before netfilter",
    load: "tc qdisc add dev gateway-network clsact && tc filter add dev gateway-network ingress protocol ip u32 match ip dport 30165 0xffff action mirred egress redirect dev lo",
    unload: "tc qdisc del dev gateway-network clsact",
    names: /a program of eBPF at the interface gateway-network takes it/,
  },
];

/** Rules that somebody may write, and what they do to a packet from a web server to port 30165. */
const generated = fc
  .record({
    hook: fc.constantFrom("input", "prerouting"),
    priority: fc.integer({ min: -400, max: 400 }),
    policy: fc.constantFrom("accept", "drop"),
    rule: fc.constantFrom(
      { text: "", verdict: "" },
      { text: "tcp dport 22 accept", verdict: "" },
      { text: "tcp dport 30000-32767 accept", verdict: "accept" },
      { text: 'iifname "gateway-network" accept', verdict: "accept" },
      { text: "ip saddr 192.168.2.0/24 tcp dport { 443, 30165 } accept", verdict: "accept" },
      { text: "ip saddr 192.168.9.0/24 accept", verdict: "" },
      { text: "tcp dport 30165 counter drop", verdict: "drop" },
      { text: "ip saddr 192.168.2.1 drop", verdict: "drop" },
      { text: "tcp dport 30166 drop", verdict: "" },
    ),
  })
  .map(({ hook, priority, policy, rule }) => {
    const drops = rule.verdict === "drop" || (rule.verdict === "" && policy === "drop");
    return byHand(hook, priority, policy, rule.text === "" ? [] : [rule.text], drops);
  });

// Needs root: real nftables in a network namespace.
describe("attacks: rules of others on a gateway", function () {
  // Each probe takes half a second; a machine under load gets several times that.
  this.timeout(240_000);
  let host: Sandbox;
  const tree: readonly TreeFile[] = gatewayFiles(
    sampleBox({
      gateway: [
        gatewayRoute(
          { port: 30165 },
          {
            members: [{ name: "pod", address: "192.168.1.51", port: 8081 }],
            check: { path: "/", intervalMs: 500, fall: 2, rise: 1 },
          },
        ),
      ],
    }),
    gatewayHost,
  );

  before(async () => {
    host = await Sandbox.make([
      { network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.1" },
      { network: "box-network", address: "192.168.1.11", neighbour: "192.168.1.51" },
    ]);
    await host.serve("pod", "192.168.1.51", 8081, "box-network");
    const { code, stderr } = host.apply("gateway", tree);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
  after(() => host.remove());

  /** Whether a user really gets an answer. */
  const answered = (): boolean =>
    host.run("curl -s -m 1 -o /dev/null -w '%{http_code}' http://192.168.2.11:30165/", "gateway-network").stdout ===
    "200";

  function assertNoticed({ what, load, unload, names }: Foreign): void {
    assert.deepEqual([host.run(load).stderr, what], ["", what]);
    try {
      assert.equal(answered(), names === undefined, `${what}: is the case itself right?`);
      const { code, stdout, stderr } = host.run(
        "cd /etc/gatebox/gateway/ && CURRENT=/etc/gatebox/gateway sh -eu lifecycle/probe",
      );
      assert.deepEqual([code !== 0, what], [names !== undefined, what], `${stderr}${stdout}`);
      if (names) assert.match(stderr, names, what);
      if (names)
        assert.match(
          stderr,
          /^requests of users do not get through, tried with a packet from 192\.168\.2\.1 to port 30165: /,
        );
    } finally {
      assert.equal(host.run(unload).stderr, "");
    }
  }

  for (const foreign of fixed)
    it(`are ${foreign.names ? "refused, and named" : "let be"}: ${foreign.what}`, () => assertNoticed(foreign));

  it("are refused where they keep users out, and let be where they do not, as they are written", () => {
    const counts = { refused: 0, passed: 0 };
    fc.assert(
      fc.property(generated, (foreign) => {
        counts[foreign.names ? "refused" : "passed"]++;
        assertNoticed(foreign);
      }),
      { numRuns: 20 },
    );
    console.log(`      ${counts.refused} refused, ${counts.passed} passed, 0 wrongly`);
  });

  it("are looked for by one probe at a time, however many come at once", () => {
    const probe = "CURRENT=/etc/gatebox/gateway sh -eu lifecycle/probe";
    const atOnce = `cd /etc/gatebox/gateway/ && for one in 1 2 3 4; do { ${probe} || echo "failed: $one"; } & done 2>&1; wait`;
    assert.equal(host.run(atOnce).stdout, "");
  });

  it("leave nothing of the probe behind", () => {
    assert.equal(host.run("cd /etc/gatebox/gateway/ && CURRENT=/etc/gatebox/gateway sh -eu lifecycle/probe").code, 0);
    assert.doesNotMatch(host.run("nft list tables; ip -br link; ls /tmp").stdout, /gatebox_probe|gatebox-probe/);
  });
});

describe("attacks: rules of others on a web server", function () {
  // Each probe takes half a second; a machine under load gets several times that.
  this.timeout(240_000);
  let host: Sandbox;

  before(async () => {
    host = await Sandbox.make([
      { network: "public-network", address: "192.168.0.30", neighbour: "192.168.0.100" },
      { network: "gateway-network", address: "192.168.2.1", neighbour: "192.168.2.11" },
    ]);
    const tree = webserverFiles(sampleBox({ web: [webserverRoute({})] }), webserverHost);
    const { code, stderr } = host.apply("webserver", tree);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
  after(() => host.remove());

  /** Whether a client is answered on both ports, by whatever status. */
  const answered = (): boolean =>
    ["http", "https"].every((scheme) => {
      const { stdout } = host.run(`curl -sk -m 1 -o /dev/null -w '%{http_code}' ${scheme}://192.168.0.30/`, "public-network"); // prettier-ignore
      return stdout !== "" && stdout !== "000";
    });

  const rule = fc.constantFrom(
    { text: "", verdict: "" },
    { text: "tcp dport 22 accept", verdict: "" },
    { text: "tcp dport { 80, 443 } accept", verdict: "accept" },
    { text: "tcp dport 443 accept", verdict: "partly" },
    { text: "ip saddr 192.168.0.0/24 accept", verdict: "accept" },
    { text: "tcp dport 80 drop", verdict: "drop" },
    { text: "ip saddr 192.168.0.0/24 tcp flags syn counter drop", verdict: "drop" },
  );
  const generatedHere = fc
    .record({
      hook: fc.constantFrom("input", "prerouting"),
      priority: fc.integer({ min: -400, max: 400 }),
      policy: fc.constantFrom("accept", "drop"),
      rule,
    })
    .map(({ hook, priority, policy, rule: { text, verdict } }) => {
      const drops = verdict === "drop" || (["", "partly"].includes(verdict) && policy === "drop");
      return byHand(hook, priority, policy, text === "" ? [] : [text], drops, "public-network");
    });

  it("are refused where they keep clients out, and let be where they do not, as they are written", () => {
    const counts = { refused: 0, passed: 0 };
    fc.assert(
      fc.property(generatedHere, ({ what, load, unload, names }) => {
        counts[names ? "refused" : "passed"]++;
        assert.deepEqual([host.run(load).stderr, what], ["", what]);
        try {
          assert.equal(answered(), names === undefined, `${what}: is the case itself right?`);
          const { code, stdout, stderr } = host.run(
            "cd /etc/gatebox/webserver/ && CURRENT=/etc/gatebox/webserver sh -eu lifecycle/probe",
          );
          assert.deepEqual([code !== 0, what], [names !== undefined, what], `${stderr}${stdout}`);
          if (names) assert.match(stderr, names, what);
          if (names) assert.match(stderr, /^requests of clients do not get through, tried with a packet from 192\.168\.0\.\d+ to port (80|443): /); // prettier-ignore
        } finally {
          assert.equal(host.run(unload).stderr, "");
        }
      }),
      { numRuns: 10 },
    );
    console.log(`      ${counts.refused} refused, ${counts.passed} passed, 0 wrongly`);
  });
});

describe("attacks: rules of others on a NAT gateway", function () {
  // keepalived takes its addresses after four seconds; a machine under load gets several times that.
  this.timeout(120_000);
  const box = haBox({
    virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut },
    natGateways: [natGateways[0]!],
  });
  let network: NatNetwork;
  before(async () => {
    network = await NatNetwork.make(box, ["gateway-4"]);
    await network.applyAll();
  });
  after(() => network.remove());

  const docker = (command: string, ...rules: readonly string[]): readonly [string, string] => [
    [...rules.map((rule) => `${command} -A FORWARD ${rule}`), `${command} -P FORWARD DROP`].join(" && "),
    `${command} -P FORWARD ACCEPT && ${command} -F FORWARD`,
  ];
  for (const [what, [load, unload], names] of [
    [
      "Docker's policy of FORWARD",
      docker("iptables-nft", "-i docker0 -j ACCEPT"),
      /chain FORWARD of the table ip filter/,
    ],
    ["the same by the older iptables", docker("iptables-legacy"), /iptables-legacy -S/],
    ["that policy, with what DOCKER-USER is for", docker("iptables-nft", "-i box-network -j ACCEPT"), undefined],
    [
      "policy drop for what comes in",
      [
        nft("table inet theirs {\nchain guard {\ntype filter hook forward priority 10\npolicy drop\n}\n}"),
        "nft delete table inet theirs",
      ],
      /chain guard of the table inet theirs/,
    ],
  ] as const)
    it(`are ${names ? "refused, and named" : "let be"}: ${what}`, () => {
      const host = network.hostOf("gateway-4");
      assert.equal(host.run(load).stderr, "");
      const { code, stderr } = host.apply("nat", network.filesOf("gateway-4"), ["check", "activate", "probe"]);
      assert.equal(host.run(unload).stderr, "");
      assert.equal(code !== 0, names !== undefined, stderr);
      if (names) assert.match(stderr, names);
    });
});
