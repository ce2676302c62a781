import assert from "node:assert/strict";
import type { TreeFile } from "../../render/treeFile.ts";
import { dnsBox, resolverTree, sampleDns } from "./sampleDns.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

const network = "box-network";
const server = "192.168.1.7";
const beyond = "192.168.1.99";

/** Debian's real C library with real name servers, of which one dies; only systemd is a stand-in. */
describe("render: the resolver of a host at work", function () {
  this.timeout(120_000);
  let host: Sandbox;
  let stockHosts: string;

  const tree = (changes: object = {}, name = "gateway-1") =>
    resolverTree(dnsBox({ ...sampleDns, forwarders: [beyond], records: { git: "192.168.1.14" }, ...changes }), name);
  const apply = (files: readonly TreeFile[] = tree(), steps?: readonly string[]) =>
    host.apply("resolver", files, steps);
  const fine = ({ code, stderr }: { readonly code: number; readonly stderr: string }): void => assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }); // prettier-ignore
  const remove = () => apply(tree(), ["deactivate"]);
  /** What a program of the host is told, and the milliseconds that it waited. */
  const resolve = (name: string): { readonly address: string; readonly ms: number } => {
    const [address = "", ms = ""] = host.run(`begun=$(date +%s%N); timeout 30 getent ahostsv4 ${name} | awk 'NR == 1 { print $1 }'; echo "ms $((($(date +%s%N) - begun) / 1000000))"`).stdout.split(/^ms /m); // prettier-ignore
    return { address: address.trim(), ms: Number(ms) };
  };
  /** What of a host's resolver could be changed. */
  const state = (): string => host.run("cat /etc/hosts; stat -c '%N %a %U' /etc/hosts /etc/resolv.conf; cat /etc/resolv.conf; ls -A /etc/dhcp /etc/dhcp/dhclient-enter-hooks.d /etc | grep -i gatebox").stdout; // prettier-ignore
  const write = (text: string): void => fine(host.run(`rm -f /etc/resolv.conf; printf '${text}' >/etc/resolv.conf`));

  before(async () => {
    host = await Sandbox.make([{ network, address: "192.168.1.11", neighbour: beyond }]);
    host.run(`ip address add ${server}/24 dev peer`, network);
    host.run(
      "rm -f /etc/hosts; printf '127.0.0.1 localhost\\n127.0.1.1 gateway-1\\n10.1.1.1 theirs\\n' >/etc/hosts; chmod 0640 /etc/hosts",
    );
    stockHosts = host.run("cat /etc/hosts").stdout;
    const far =
      "dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --except-interface=lo";
    host.start(`${far} --listen-address=${server} --local=/protobox/ --address=/example.org/10.0.0.7 --address=/theirs.example/10.0.0.8`, network); // prettier-ignore
    host.start(`${far} --listen-address=${beyond} --address=/example.org/10.0.0.99`, network);
    await until(() => host.run("ss -Hlun sport = :53 | grep -c .", network).stdout === "2");
  });
  after(() => host.remove());
  beforeEach(() => write("nameserver 192.168.1.250\\nsearch theirs.example\\n"));
  afterEach(() => {
    remove();
  });

  it("has the names of the box at hand, and asks the box's name server for all others", () => {
    fine(apply());
    assert.equal(resolve("supervisor-1").address, server);
    assert.equal(resolve("kube.plane.box").address, "192.168.1.10");
    assert.equal(resolve("git.protobox").address, "192.168.1.14");
    assert.equal(resolve("www.example.org").address, "10.0.0.7");
    // Its own search domain is kept, after the box's.
    assert.match(host.run("cat /etc/resolv.conf").stdout, /^search protobox theirs\.example$/m);
    assert.equal(resolve("www").address, "10.0.0.8");
  });

  it("resolves every name that the box needs at once while its name server is dead, and others after a second", () => {
    fine(apply());
    const names = tree().find(({ path }) => path === "hosts")!.text.trim().split("\n").map((line) => line.split(" ")); // prettier-ignore
    assert.ok(names.length > 25);
    const all = (): void => {
      for (const [address, name = "", short] of names) {
        for (const one of [name, short ?? name]) {
          // Nobody is asked: it takes a process and a file. A dead server costs a second each time, a busy machine only now and then.
          let { address: said, ms } = resolve(one);
          if (ms >= 900) ({ address: said, ms } = resolve(one));
          assert.ok(
            said === address || (one === "gateway-1" && said === "127.0.1.1"),
            `${one} is ${said}, not ${address}`,
          );
          assert.ok(ms < 900, `${one} took ${ms} ms`);
        }
      }
    };
    // Gone without a word, as a host without power.
    host.run(`ip address del ${server}/24 dev peer`, network);
    try {
      all();
      const { address, ms } = resolve("www.example.org");
      assert.equal(address, "10.0.0.99");
      assert.ok(ms >= 900 && ms < 3000, `a name beyond the box took ${ms} ms`);
    } finally {
      host.run(`ip address add ${server}/24 dev peer`, network);
    }
  });

  it("asks the next server at once where the name server's program alone is dead", () => {
    fine(apply(tree({ forwarders: [beyond] })));
    // Nobody listens on this address, and its host says so.
    host.run("ip address add 192.168.1.8/24 dev peer", network);
    host.run(`sed -i 's/^nameserver ${server.replaceAll(".", "\\.")}/nameserver 192.168.1.8/' /etc/resolv.conf`);
    const { address, ms } = resolve("www.example.org");
    assert.equal(address, "10.0.0.99");
    assert.ok(ms < 900, `it took ${ms} ms`);
  });

  it("gives back what the host had: a file, systemd-resolved's link, one that leads nowhere, or nothing", () => {
    const link = (target: string) => fine(host.run(`ln -sfn ${target} /etc/resolv.conf`));
    host.run("mkdir -p /run/systemd/resolve && echo nameserver 127.0.0.53 >/run/systemd/resolve/stub-resolv.conf");
    for (const set of [
      () => write("# mine\\nnameserver 192.168.1.250\\n"),
      () => link("../run/systemd/resolve/stub-resolv.conf"),
      () => link("/run/nowhere/resolv.conf"),
      () => fine(host.run("rm -f /etc/resolv.conf")),
    ]) {
      set();
      const before = state();
      fine(apply());
      fine(apply(tree({ records: {} })));
      assert.match(host.run("cat /etc/resolv.conf").stdout, /^nameserver 192\.168\.1\.7$/m);
      assert.equal(host.run("test -L /etc/resolv.conf").code, 1);
      fine(remove());
      assert.equal(state(), before);
      assert.equal(host.run("cat /run/systemd/resolve/stub-resolv.conf").stdout, "nameserver 127.0.0.53");
      assert.equal(host.run("ls /var/lib/gatebox/resolver/former").code, 2);
    }
    assert.equal(host.run("cat /etc/hosts").stdout, stockHosts);
  });

  it("leaves alone what somebody else writes: lines of /etc/hosts, and another resolv.conf", () => {
    fine(apply());
    host.run("echo '10.2.2.2 added' >>/etc/hosts; rm /etc/resolv.conf; echo 'nameserver 10.9.9.9' >/etc/resolv.conf");
    const removed = remove();
    assert.deepEqual([removed.code, removed.stdout], [0, "/etc/resolv.conf was written by somebody else since; it stays as it is"]); // prettier-ignore
    assert.equal(host.run("cat /etc/hosts").stdout, `${stockHosts}\n10.2.2.2 added`);
    assert.equal(host.run("cat /etc/resolv.conf").stdout, "nameserver 10.9.9.9");
    host.run("sed -i '/added/d' /etc/hosts");
  });

  it("writes nothing where all is as it should be, and puts right what is not", () => {
    fine(apply());
    const before = host.run("stat -c '%i %Y' /etc/hosts /etc/resolv.conf").stdout;
    fine(apply());
    assert.equal(host.run("stat -c '%i %Y' /etc/hosts /etc/resolv.conf").stdout, before);
    host.run("sed -i '/kube.plane.box/d' /etc/hosts; echo 'nameserver 10.9.9.9' >>/etc/resolv.conf");
    fine(apply());
    assert.equal(resolve("kube.plane.box").address, "192.168.1.10");
    assert.doesNotMatch(host.run("cat /etc/resolv.conf").stdout, /10\.9\.9\.9/);
  });

  it("keeps the resolver of a host that cannot reach the name servers, and gives it the names", () => {
    const before = host.run("cat /etc/resolv.conf").stdout;
    fine(apply());
    // The host has left the network, and has another name by now.
    fine(host.run("sed -i '/127.0.1.1/d' /etc/hosts"));
    fine(apply(tree({}, "webserver-1")));
    assert.equal(host.run("cat /etc/resolv.conf").stdout, before);
    assert.equal(resolve("gateway-2.protobox").address, "192.168.2.12");
    fine(host.run("sed -i 's/^127.0.0.1 localhost$/&\\n127.0.1.1 gateway-1/' /etc/hosts"));
  });

  it("keeps dhclient from writing other name servers", () => {
    fine(host.run("mkdir -p /etc/dhcp/dhclient-enter-hooks.d"));
    fine(apply());
    const before = host.run("cat /etc/resolv.conf").stdout;
    const bound = "interface=lo reason=BOUND new_ip_address=127.0.0.2 new_subnet_mask=255.0.0.0 new_domain_name_servers=10.6.6.6 /sbin/dhclient-script"; // prettier-ignore
    host.run(bound);
    assert.equal(host.run("cat /etc/resolv.conf").stdout, before);
    fine(remove());
    host.run(bound);
    assert.match(host.run("cat /etc/resolv.conf").stdout, /10\.6\.6\.6/, "without the hook it does");
  });

  describe("refuses, and changes nothing,", () => {
    const cases = [
      ["/etc/hosts that contradicts the stack", "echo '10.9.9.9 kube.plane.box # theirs' >>/etc/hosts", /^\/etc\/hosts has a line of its own that contradicts the stack: kube\.plane\.box is 10\.9\.9\.9 there, and 192\.168\.1\.10 in the box; remove one of the two$/], // prettier-ignore
      ["name servers that come before /etc/hosts", "sed -i 's/^hosts:.*/hosts: dns files/' /etc/nsswitch.conf", /asks name servers before \/etc\/hosts \(hosts: dns files\)/], // prettier-ignore
      ["a host that does not look there", "sed -i 's/^hosts:.*/hosts: dns/' /etc/nsswitch.conf", /does not look into \/etc\/hosts \(hosts: dns\)/], // prettier-ignore
      ["cloud-init that writes /etc/hosts", "mkdir -p /etc/cloud/cloud.cfg.d; echo 'manage_etc_hosts: true' >/etc/cloud/cloud.cfg.d/10.cfg", /^cloud-init writes \/etc\/hosts anew at each boot/], // prettier-ignore
      ["NetworkManager's resolv.conf", "echo '# Generated by NetworkManager' >/etc/resolv.conf", /^NetworkManager writes \/etc\/resolv\.conf: write .*dns=none/], // prettier-ignore
      ["resolvconf's", "ln -sfn /run/resolvconf/resolv.conf /etc/resolv.conf", /^resolvconf writes \/etc\/resolv\.conf: remove the package/], // prettier-ignore
    ] as const;
    for (const [what, spoil, says] of cases)
      it(what, () => {
        host.run("mkdir -p /run/as-before && cp -a /etc/hosts /etc/nsswitch.conf /run/as-before/");
        host.run(spoil);
        const before = state();
        const { code, stderr } = apply(tree(), ["check"]);
        assert.equal(code, 1);
        assert.match(stderr, says);
        assert.equal(state(), before);
        host.run("cp -a /run/as-before/. /etc/; rm -rf /run/as-before /etc/cloud/cloud.cfg.d/10.cfg");
        fine(host.run("rm -f /etc/resolv.conf"));
        fine(apply(tree(), ["check"]));
      });
  });

  it("lets lines of somebody else pass that agree: another address of the host, another family, another name", () => {
    host.run(
      "cp -a /etc/hosts /run/hosts; printf '192.168.2.12 gateway-2\\nfd00::1 gateway-3\\n10.9.9.9 other.protobox\\n' >>/etc/hosts",
    );
    fine(apply(tree(), ["check"]));
    host.run("cp -a /run/hosts /etc/hosts");
  });

  it("says so where resolv.conf cannot be replaced, and leaves it as it was", () => {
    write("nameserver 192.168.1.250\\n");
    fine(host.run("mount --bind /etc/resolv.conf /etc/resolv.conf"));
    const { code, stderr } = apply();
    assert.equal(code, 1);
    assert.match(stderr, /^\/etc\/resolv\.conf cannot be replaced: .*findmnt/);
    fine(host.run("umount /etc/resolv.conf"));
    assert.equal(host.run("cat /etc/resolv.conf").stdout, "nameserver 192.168.1.250");
  });
});
