import assert from "node:assert/strict";
import { join } from "node:path";
import { dnsBox, dnsmasqTree, sampleDns } from "./sampleDns.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

const clients = "box-network";
const uplink = "uplink";
const server = "192.168.1.7";
const beyond = "10.99.0.9";

/** Debian's real dnsmasq, servers beyond it, and dhclient; only systemd is a stand-in. */
describe("render: the box's name server at work", function () {
  this.timeout(120_000);
  let host: Sandbox;

  const whole = {
    ...sampleDns,
    records: { git: "192.168.1.14" },
    forwarders: [`${beyond}#5353`],
    forward: { consul: [`${beyond}#8600`] },
    dhcp: { "box-network": { range: { first: "192.168.1.100", last: "192.168.1.109" }, router: "192.168.1.254" } },
  };
  const tree = (changes: object = {}) => dnsmasqTree(dnsBox({ ...whole, ...changes }));
  const apply = (changes: object = {}, steps?: readonly string[]) => host.apply("dns", tree(changes), steps);
  const fine = ({ code, stderr }: { readonly code: number; readonly stderr: string }): void => assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }); // prettier-ignore
  /** What a client is told, or why it is told nothing. */
  const ask = (name: string, at = server, from = clients): string => host.run(`perl /etc/gatebox/dns/scripts/ask.pl ${at} ${name} 3`, from).stdout; // prettier-ignore
  const daemon = (): string => host.run("cat /run/supervise/gatebox-dns.service.main").stdout;
  const askedBeyond = (): string => host.run("cat /run/beyond.log").stdout;
  /** Has a machine with this MAC ask for an address, and returns what it is given. */
  const lease = (mac: string): Record<string, string> => {
    const script = join(import.meta.dirname, "sandbox/lease.sh");
    const files = "-lf /run/dhclient.leases -pf /run/dhclient.pid";
    const { code, stderr } = host.run(`rm -f /run/lease /run/dhclient.*; ip link set peer down; ip address flush dev peer; ip link set peer address ${mac}; ip link set peer up
      timeout 40 dhclient -1 -v -sf ${script} ${files} peer </dev/null >/run/dhclient.log 2>&1; code=$?; timeout 5 dhclient -x -sf /bin/true ${files} peer >/dev/null 2>&1; [ "$code" = 0 ] || { cat /run/dhclient.log >&2; exit 1; }`, clients); // prettier-ignore
    assert.equal(code, 0, stderr);
    const lines = host.run("cat /run/lease").stdout.split("\n");
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  };

  before(async () => {
    host = await Sandbox.make([
      { network: clients, address: server, neighbour: "192.168.1.11" },
      { network: uplink, address: "10.99.0.1", neighbour: beyond },
    ]);
    host.run("mkdir -p /var/lib/gatebox-dns");
    const far = "dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file=";
    host.start(`${far} --port=5353 --log-queries --log-facility=/run/beyond.log --address=/example.org/93.184.215.14 --address=/evil.example/192.168.1.254 --address=/corp.example/10.20.0.5`, uplink); // prettier-ignore
    host.start(`${far} --port=8600 --address=/web.service.consul/192.168.1.51`, uplink);
    await until(() => host.run(`ss -Hlun '( sport = :5353 or sport = :8600 )' | grep -c .`, uplink).stdout >= "2");
    fine(apply());
  });
  after(() => host.remove());

  it("says the names of the box, in short and whole, and their addresses on the network that asks", () => {
    assert.equal(ask("supervisor-1"), server);
    assert.equal(ask("git.protobox"), "192.168.1.14");
    assert.equal(ask("kube.plane.box"), "192.168.1.10");
    assert.equal(ask("protobox.test"), "192.168.0.33");
    assert.equal(ask("nat.vip.protobox"), "192.168.1.254");
    // gateway-1 is on another network, too.
    assert.equal(ask("gateway-1.protobox"), "192.168.1.11");
  });

  it("asks servers beyond the box for everything else, and for nothing that is the box's own", () => {
    assert.equal(ask("www.example.org"), "93.184.215.14");
    assert.equal(ask("nothing.protobox"), "NXDOMAIN");
    assert.equal(ask("no-such-host"), "NXDOMAIN");
    assert.equal(ask("below.kube.plane.box"), "NXDOMAIN");
    const asked = askedBeyond();
    assert.match(asked, /query\[A\] www\.example\.org/);
    assert.doesNotMatch(asked, /protobox|no-such-host|plane\.box/);
  });

  it("believes nobody beyond about private addresses, but for domains that are allowed and those with servers of their own", () => {
    assert.equal(ask("evil.example"), "no address");
    assert.equal(ask("web.service.consul"), "192.168.1.51");
    assert.equal(ask("corp.example"), "no address");
    fine(apply({ allowPrivateAnswers: ["corp.example"] }));
    assert.equal(ask("corp.example"), "10.20.0.5");
    assert.equal(ask("evil.example"), "no address");
    fine(apply());
  });

  it("listens on networks that may ask, and on no other", () => {
    assert.match(ask("supervisor-1", "10.99.0.1", uplink), /^(?:no answer|nobody answers)/);
    const listening = host.run("ss -Hlun sport = :53 | awk '{ print $4 }'; ss -Hltn sport = :53 | awk '{ print $4 }'").stdout; // prettier-ignore
    assert.deepEqual(listening.split("\n"), [`${server}:53`, `${server}:53`]);
  });

  it("gives a host its declared address by its MAC, and a stranger one of the range without a name", () => {
    const known = lease("02:67:c0:a8:01:0c");
    assert.equal(known["ip_address"], "192.168.1.12");
    assert.deepEqual(
      [
        known["routers"],
        known["domain_name_servers"],
        known["domain_name"],
        known["host_name"],
        known["dhcp_lease_time"],
      ],
      ["192.168.1.254", server, "protobox", "gateway-2", "43200"],
    );
    const stranger = lease("02:67:99:00:00:01");
    assert.match(stranger["ip_address"]!, /^192\.168\.1\.10\d$/);
    assert.equal(stranger["host_name"], undefined);
  });

  it("reads another record again without a restart, starts anew for another setting, and loses no lease by either", () => {
    const given = lease("02:67:99:00:00:02")["ip_address"];
    const leases = (): string => host.run("cut -d ' ' -f 2- /var/lib/gatebox-dns/leases | sort").stdout;
    const before = { daemon: daemon(), leases: leases() };
    assert.match(before.leases, new RegExp(`02:67:99:00:00:02 ${given}`));
    fine(apply({ records: { git: "192.168.1.15", wiki: "192.168.1.14" } }));
    assert.deepEqual({ daemon: daemon(), leases: leases() }, before);
    assert.deepEqual([ask("git"), ask("wiki")], ["192.168.1.15", "192.168.1.14"]);
    // Servers and leases, too.
    fine(apply({ forwarders: [], dhcp: { "box-network": { ...whole.dhcp["box-network"], hosts: ["gateway-3"] } } }));
    assert.equal(daemon(), before.daemon);
    assert.match(ask("www.example.org"), /^(?:REFUSED|NXDOMAIN)$/);
    assert.match(lease("02:67:c0:a8:01:0c")["ip_address"]!, /^192\.168\.1\.10\d$/);
    fine(apply({ allowPrivateAnswers: ["corp.example"] }));
    assert.notEqual(daemon(), before.daemon);
    assert.match(leases(), new RegExp(`02:67:99:00:00:02 ${given}`));
    assert.equal(lease("02:67:99:00:00:02")["ip_address"], given);
    fine(apply());
  });

  it("changes nothing when it is applied again", () => {
    fine(apply());
    const before = { daemon: daemon(), log: host.run("grep -cE '^(reload|restart)' /run/systemctl.log").stdout };
    fine(apply());
    assert.deepEqual({ daemon: daemon(), log: host.run("grep -cE '^(reload|restart)' /run/systemctl.log").stdout }, before); // prettier-ignore
  });

  it("is refused where its port is another's, by name, and passes over a resolver on the loopback and another interface", async () => {
    const says = (pattern: RegExp): void => assert.match(apply({}, ["check"]).stderr, pattern);
    const listening = (what: string) => until(() => host.run(`ss -Hlun | grep -qF '${what}'`).code === 0);
    /** Ends whoever listens on a port. */
    const free = (port: number) => {
      host.run(`ss -Hlunp sport = :${port} | grep -oE 'pid=[0-9]+' | cut -c 5- | sort -u | xargs -r kill`);
      return until(() => host.run(`ss -Hlun sport = :${port} | grep -q .`).code !== 0);
    };
    const other = "dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --user=root --pid-file=";
    host.start(`${other} --listen-address=127.0.0.53 --bind-interfaces`);
    await listening("127.0.0.53:53");
    fine(apply({}, ["check"]));
    host.run("systemctl stop gatebox-dns.service");
    await free(53);
    host.start(other);
    await listening("0.0.0.0:53");
    says(/^192\.168\.1\.7:53, where the box's name server is to listen, is already taken by 0\.0\.0\.0:53 users:\(\("dnsmasq",.*; another dnsmasq: "systemctl disable --now dnsmasq\.service"/); // prettier-ignore
    await free(53);
    // The stub of systemd-resolved, as ss shows it.
    host.run("mkdir -p /run/stub && cp -L /usr/bin/socat /run/stub/systemd-resolve");
    host.start(`/run/stub/systemd-resolve UDP4-RECVFROM:53,bind=${server},fork SYSTEM:true`);
    await listening(`${server}:53`);
    says(/users:\(\("systemd-resolve",.*; systemd-resolved: remove its DNSStubListenerExtra=/);
    await free(53);
    host.start("socat UDP4-RECVFROM:67,fork SYSTEM:true");
    await listening("0.0.0.0:67");
    says(
      /^192\.168\.1\.7:67, where the box's name server is to listen, is already taken by 0\.0\.0\.0:67 users:\(\("socat"/,
    );
    // Without leases that is nobody's business.
    fine(apply({ dhcp: {} }, ["check"]));
    await free(67);
    fine(apply());
  });

  it("is refused with dnsmasq's own words, and on a host without its address", () => {
    const spoil = (path: string, line: string) =>
      host.apply("dns", tree().map((file) => (file.path === path ? { ...file, text: `${file.text}${line}\n` } : file)), ["check"]).stderr; // prettier-ignore
    assert.match(
      spoil("dnsmasq.conf", "cache-size=many"),
      /^dnsmasq refuses dnsmasq\.conf: .*cache-size|^dnsmasq refuses dnsmasq\.conf: .*line/,
    );
    assert.match(spoil("servers", "server=/x/not-an-address"), /^dnsmasq refuses servers: /);
    assert.match(spoil("leases", "zz:67:c0:a8:01:0c,192.168.1.12,gateway-2"), /^dnsmasq refuses leases: /);
    host.run("ip address del 192.168.1.7/24 dev box-network");
    assert.match(apply({}, ["check"]).stderr, /^this host does not have the address 192\.168\.1\.7/);
    host.run("ip address add 192.168.1.7/24 dev box-network");
  });

  it("is found dead by its probe", () => {
    fine(apply());
    const deaf = tree().map((file) => (file.path === "hosts" ? { ...file, text: "" } : file));
    const { code, stderr } = host.apply("dns", deaf, ["activate", "probe"]);
    assert.equal(code, 1);
    assert.match(stderr, /^the name server at 192\.168\.1\.7 does not say what supervisor-1\.protobox is: NXDOMAIN/);
    fine(apply());
  });

  it("stops when it is removed, and keeps the leases", () => {
    const removed = apply({}, ["deactivate"]);
    assert.deepEqual([removed.code, removed.stdout], [0, "the leases stay in /var/lib/gatebox-dns"]);
    assert.match(ask("supervisor-1"), /^(?:no answer|nobody answers)/);
    assert.equal(host.run("ss -Hlun '( sport = :53 or sport = :67 )'").stdout, "");
    assert.equal(host.run("ls -d /run/gatebox/dns").code, 2);
  });
});
