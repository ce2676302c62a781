import assert from "node:assert/strict";
import { onHost, world } from "./world.ts";

/** Names that the box needs or has declared, and their addresses. */
const NAMES = {
  "kube.plane.box": "192.168.1.10",
  "registry.protobox": "192.168.0.33",
  "git.protobox": "192.168.0.33",
  "pages.protobox": "192.168.0.33",
  "gateway-4.protobox": "192.168.1.14",
  "nat.vip.protobox": "192.168.1.254",
} as const;

/** Hosts on the network of the name server, and one that is not. */
const ASKING = ["gateway-1", "gateway-5", "node-1", "master-1", "supervisor-1", "webserver-1"] as const;

/** Seconds that a name of the box may take while its name server is dead: nobody is asked. */
const AT_ONCE = 1;

async function resolved(host: string, name: string): Promise<string> {
  const { lab } = await world();
  return onHost(lab, host, `timeout ${AT_ONCE} getent ahostsv4 ${name} | awk 'NR == 1 { print $1 }'`);
}

/** A host's addresses differ by the network that is asked on; all others are the same everywhere. */
function isRight(name: string, address: string): boolean {
  return name === "gateway-4.protobox" ? /^192\.168\.[12]\.14$/.test(address) : address === NAMES[name as keyof typeof NAMES]; // prettier-ignore
}

describe("the box's names", () => {
  /** What a name server itself says, which reads no file of the host that asks. */
  async function said(host: string, question: string): Promise<string> {
    const { lab } = await world();
    return onHost(lab, host, `perl - 192.168.1.7 ${question} <<'EOF'\n${ASK}\nEOF`);
  }

  for (const host of ASKING)
    it(`are known to ${host}`, async () => {
      for (const name of Object.keys(NAMES)) {
        const address = await resolved(host, name);
        assert.ok(isRight(name, address), `${name} is "${address}"`);
      }
    });

  it("are answered by the name server, which says of others of its domain that they are nowhere", async () => {
    for (const [name, address] of Object.entries(NAMES)) assert.equal(await said("gateway-1", name), address);
    assert.equal(await said("gateway-1", "nobody.protobox"), "3");
  });

  it("are read again without a restart", async () => {
    const { lab } = await world();
    const main = (): Promise<string> => onHost(lab, "supervisor-1", "systemctl show -P MainPID gatebox-dns");
    const before = await main();
    await onHost(lab, "supervisor-1", "systemctl reload gatebox-dns");
    assert.equal(await main(), before);
    assert.equal(await said("gateway-1", "kube.plane.box"), NAMES["kube.plane.box"]);
  });

  it("are resolved at once while the name server is dead, and it tells of itself when it is back", async () => {
    const { lab } = await world();
    await onHost(lab, "supervisor-1", "systemctl stop gatebox-dns");
    try {
      for (const host of ASKING)
        for (const name of Object.keys(NAMES)) {
          const address = await resolved(host, name);
          assert.ok(isRight(name, address), `${name} is "${address}" on ${host}`);
        }
    } finally {
      await onHost(lab, "supervisor-1", "systemctl start gatebox-dns");
    }
    assert.equal(await said("gateway-1", "kube.plane.box"), NAMES["kube.plane.box"]);
  });
});

/** Asks a name server for an address over UDP; prints it, or the code of the refusal (RFC 1035, 4.1.1). Arguments: SERVER NAME. */
const ASK = String.raw`use strict; use IO::Socket::INET;
my ($server, $name) = @ARGV;
my $socket = IO::Socket::INET->new(PeerAddr => $server, PeerPort => 53, Proto => "udp") or die "$!";
$socket->send(pack("nnnnnn", 7, 0x0100, 1, 0, 0, 0) . join("", map { pack("C/a", $_) } split /\./, $name) . "\0" . pack("nn", 1, 1));
local $SIG{ALRM} = sub { die "no answer\n" }; alarm 5;
$socket->recv(my $answer, 512);
my (undef, $flags, undef, $count) = unpack "n4", $answer;
print $count ? join(".", unpack("C4", substr($answer, -4))) : $flags & 15;`;
