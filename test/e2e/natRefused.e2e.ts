import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { run } from "../../lab/run.ts";
import { askedAtOnce } from "./atOnce.ts";
import { onHost, connects, WEB, world } from "./world.ts";

/** A host of the box network and a port that it answers on. */
const INNER = { host: "supervisor-1", address: "192.168.1.7", port: 22 } as const;

/** Something that nobody asked for, and the counter that it ends in. */
interface Unsolicited {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** An address of another network that the sender claims to have. */
  readonly claims?: string;
  readonly at: string;
  readonly counter: "refused_forward" | "refused_box" | "refused_input" | "forged" | "closed_ssh";
}

const unsolicited: readonly Unsolicited[] = [
  {
    what: "from outside to a host of the box, through a web server",
    ...{ from: "client", to: INNER.address, port: INNER.port },
    ...{ at: "webserver-1", counter: "refused_forward" },
  },
  {
    what: "from a web server to a host of the box",
    ...{ from: "webserver-1", to: INNER.address, port: INNER.port },
    ...{ at: "gateway-4", counter: "refused_forward" },
  },
  {
    what: "to a port of a NAT gateway that is not open, by the address that moves",
    ...{ from: "webserver-1", to: "192.168.2.253", port: 9999 },
    ...{ at: "gateway-4", counter: "refused_input" },
  },
  {
    what: "to a NAT gateway's node exporter from a host that monitoring does not run on",
    ...{ from: "supervisor-1", to: "192.168.1.14", port: 9100 },
    ...{ at: "gateway-4", counter: "refused_input" },
  },
  {
    what: "to a web server's node exporter from a gateway that monitoring does not run on",
    ...{ from: "gateway-1", to: "192.168.2.1", port: 9100 },
    ...{ at: "webserver-1", counter: "refused_input" },
  },
  {
    what: "to a NAT gateway's sshd from the gateway network",
    ...{ from: "webserver-1", to: "192.168.2.14", port: 22 },
    ...{ at: "gateway-4", counter: "closed_ssh" },
  },
  {
    what: "to a NAT gateway from an address of the box network that comes by the gateway network",
    ...{ from: "webserver-1", claims: "192.168.1.77", to: "192.168.2.14", port: 3780 },
    ...{ at: "gateway-4", counter: "forged" },
  },
  {
    what: "from outside to a port of a web server that is not open",
    ...{ from: "client", to: "192.168.0.33", port: 9999 },
    ...{ at: "webserver-1", counter: "refused_input" },
  },
  {
    what: "to a web server's sshd from the gateway network",
    ...{ from: "gateway-4", to: "192.168.2.1", port: 22 },
    ...{ at: "webserver-1", counter: "closed_ssh" },
  },
  {
    what: "to a web server from an address of the gateway network that comes from outside",
    ...{ from: "client", claims: "192.168.2.77", to: "192.168.0.30", port: 443 },
    ...{ at: "webserver-1", counter: "forged" },
  },
  {
    what: "by the back, from a host of the box to a web server's sshd on the clients' network",
    ...{ from: "supervisor-1", to: "192.168.0.30", port: 22 },
    ...{ at: "gateway-4", counter: "refused_box" },
  },
  {
    what: "by the back, from a gateway to a web server's sshd, through the egress of the other one",
    ...{ from: "gateway-1", to: "192.168.0.30", port: 22 },
    ...{ at: "webserver-2", counter: "refused_box" },
  },
  {
    what: "to a web server's sshd from a client that is not the operator",
    ...{ from: "client", to: "192.168.0.30", port: 22 },
    ...{ at: "webserver-1", counter: "closed_ssh" },
  },
];

/** What curl(1) ends with when nobody answers. A refusal would be 7: somebody said no. */
const CURL_TIMED_OUT = 28;

/** Packets that a NAT gateway has counted so far: its own table what it would forward, the firewall's what is for the host. */
async function counted(host: string, counter: string): Promise<number> {
  const { lab } = await world();
  const table = ["refused_forward", "refused_box"].includes(counter) ? "gatebox_nat" : "gatebox_firewall";
  const listed = await onHost(lab, host, `nft list counter inet ${table} ${counter}`);
  return Number(/packets (\d+)/.exec(listed)?.[1]);
}

/** What a try was answered, and by how much its counter has grown. */
async function tried({ from, to, port, claims, at, counter }: Unsolicited): Promise<{ said: string; grown: number }> {
  const { lab } = await world();
  const before = await counted(at, counter);
  // A second: two attempts of TCP, the first of which would do.
  const ask = `curl -s -m 1 ${claims === undefined ? "" : `--interface ${claims}`} telnet://${to}:${port} </dev/null`;
  const claim = (verb: "add" | "del"): string =>
    claims === undefined ? "" : `ip address ${verb} ${claims}/32 dev lo;`;
  const said = await onHost(lab, from, `${claim("add")} ${ask}; echo "status $?"; ${claim("del")}`);
  return { said, grown: (await counted(at, counter)) - before };
}

/** What can be tried at once: no two of a round end in the same counter. */
function roundsOf(all: readonly Unsolicited[]): readonly (readonly Unsolicited[])[] {
  const rounds: Unsolicited[][] = [];
  for (const one of all) {
    const round = rounds.find((others) => !others.some(({ at, counter }) => at === one.at && counter === one.counter));
    if (round) round.push(one);
    else rounds.push([one]);
  }
  return rounds;
}

describe("unsolicited packets do not get through the NAT gateways, and are counted", () => {
  // As a box that is under attack may have them: who stands outside knows the route in.
  const routes: Readonly<Record<string, string>> = {
    client: "192.168.1.0/24 via 192.168.0.30",
    "webserver-1": "192.168.1.0/24 via 192.168.2.253",
    "webserver-2": "192.168.1.0/24 via 192.168.2.253",
  };
  before(async () => {
    const { lab } = await world();
    for (const [host, route] of Object.entries(routes)) await onHost(lab, host, `ip route add ${route}`);
  });
  after(async () => {
    const { lab } = await world();
    for (const [host, route] of Object.entries(routes)) await onHost(lab, host, `ip route del ${route}`);
  });

  it("the host that they are for answers on its own network, so that silence proves something", async () => {
    const { lab } = await world();
    assert.equal(await connects(lab, "gateway-4", INNER.address, INNER.port), true);
  });

  it("the box's public name works from inside, wherever its address is", async () => {
    const { lab } = await world();
    for (const host of ["supervisor-1", "gateway-1", "node-1"])
      for (const address of ["192.168.0.33", "192.168.0.30", "192.168.0.32"])
        assert.equal(await connects(lab, host, address, 443), true, `${host} to ${address}`);
  });

  for (const round of roundsOf(unsolicited)) {
    const outcome = askedAtOnce(round, tried);
    for (const one of round) {
      it(`${one.what}: ${one.counter}`, async () => {
        const { said, grown } = await outcome(one);
        assert.equal(said, `status ${CURL_TIMED_OUT}`);
        assert.ok(grown > 0, `${one.counter} of ${one.at} has not grown`);
      });
    }
  }
});

/** The machine's switch for what network namespaces other than its own have to log. */
const LOG_OF_ALL = "/proc/sys/net/netfilter/nf_log_all_netns";

describe("the log of what the NAT gateways refuse, five lines a second at most for each reason", () => {
  let previous: string;
  before(async () => {
    previous = await readFile(LOG_OF_ALL, "utf8");
    await writeFile(LOG_OF_ALL, "1");
  });
  after(async () => writeFile(LOG_OF_ALL, previous));

  it("has some lines of 200 packets and no flood", async () => {
    const { lab } = await world();
    // A port that no other line of the kernel's log has: it is shared with all labs of the machine.
    const port = 20_000 + (process.pid % 10_000);
    const refused = await counted("gateway-4", "refused_input");
    const begun = Date.now();
    await onHost(lab, WEB[0], `bash -c 'for i in {1..200}; do echo . >/dev/udp/192.168.2.14/${port}; done'`);
    const seconds = (Date.now() - begun) / 1000;
    assert.ok((await counted("gateway-4", "refused_input")) >= refused + 200);
    const { stdout } = await run("dmesg", []);
    const lines = stdout.split("\n").filter((line) => line.includes(` DPT=${port} `));
    assert.ok(lines.length > 0, "nothing is logged");
    for (const line of lines)
      assert.match(line, /gatebox firewall, to this host: IN=gateway-network .* SRC=192\.168\.2\.1 /);
    // The rule lets ten through at once and five a second from then on.
    const most = 10 + 5 * (seconds + 1);
    assert.ok(lines.length <= most, `${lines.length} lines in ${seconds} s`);
  });

  it("has what is refused for another reason meanwhile, too", async () => {
    const { lab } = await world();
    const port = 20_000 + (process.pid % 10_000);
    const flood = `bash -c 'for i in {1..200}; do echo . >/dev/udp/192.168.2.14/${port}; done'`;
    await onHost(lab, WEB[0], `${flood}; curl -s -m 1 --local-port ${port} telnet://192.168.2.14:22 </dev/null; true`);
    const { stdout } = await run("dmesg", []);
    const lines = stdout.split("\n").filter((line) => line.includes(` SPT=${port} DPT=22 `));
    assert.ok(lines.length > 0, "SSH that is closed is not logged");
    for (const line of lines) assert.match(line, /gatebox firewall, SSH: IN=gateway-network .* SRC=192\.168\.2\.1 /);
  });
});
