import assert from "node:assert/strict";
import fc from "fast-check";
import type { Box, Host } from "../../../box/model.ts";
import { Level, type Finding } from "../../../cli/doctor/finding.ts";
import { clockFinding } from "../../../cli/doctor/host/clock.ts";
import { parseFacts, type Facts } from "../../../cli/doctor/host/facts.ts";
import { interfaceFindings } from "../../../cli/doctor/host/interfaces.ts";
import {
  distributionFinding,
  initFinding,
  nftablesFinding,
  programFindings,
  rootFinding,
  spaceFindings,
} from "../../../cli/doctor/host/system.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { healthyFacts } from "./healthy.ts";

/** A line of the facts, and what stands there instead. */
type Change = readonly [line: RegExp, by: string];

/** The facts of a healthy host with some lines changed. */
function facts(...changes: readonly Change[]): Facts {
  const text = changes.reduce((before, [line, by]) => {
    assert.match(before, line);
    return before.replace(line, by);
  }, healthyFacts());
  const read = parseFacts(text);
  assert.ok(read);
  return read;
}

const said = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ level, message }) => `${level}: ${message}`);

describe("the clock of a host", () => {
  it("is within the range that question and answer leave, and is called wrong only when all of it is", () => {
    const time = fc.integer({ min: 1_000_000, max: 4_000_000_000 });
    const pause = fc.integer({ min: 0, max: 8000 }).map((milliseconds) => milliseconds / 1000);
    fc.assert(
      fc.property(time, fc.integer({ min: -100, max: 100 }), pause, pause, (sent, offset, before, after) => {
        const { level } = clockFinding({ sent, host: sent + before + offset, received: sent + before + after });
        // The true offset is never taken for another: wrong is said of no good clock, fine of no bad one.
        if (level === Level.Error) assert.ok(Math.abs(offset) > 5);
        if (level === Level.Fine) assert.ok(Math.abs(offset) <= 5);
        if (before + after < 1 && Math.abs(offset) > 6) assert.equal(level, Level.Error);
        if (before + after < 1 && Math.abs(offset) < 4) assert.equal(level, Level.Fine);
      }),
    );
  });

  it("is told by how much it is off, how surely, and on which side", () => {
    const at = (host: number) => clockFinding({ sent: 1000, host, received: 1000.2 }).message;
    assert.equal(at(-2600), "is 60.0 minutes behind this machine's (± 0.1 s)");
    assert.equal(at(1010.1), "is 10.0 s ahead of this machine's (± 0.1 s)");
    assert.equal(at(1000.1 + 864_000), "is 10 days ahead of this machine's (± 0.1 s)");
  });

  it("is not judged where the answer took too long for that", () => {
    const { level, message } = clockFinding({ sent: 1000, host: 1006, received: 1012 });
    assert.deepEqual([level, message], [Level.Warning, "could not be compared: the answer took 12.0 s"]);
  });
});

describe("the system of a host", () => {
  const distribution = (id: string, version: string, name = `${id} ${version}`): string => {
    const { level, message } = distributionFinding(
      facts(
        [/^os PRETTY_NAME .*/m, `os PRETTY_NAME "${name}"`],
        [/^os VERSION_ID .*/m, `os VERSION_ID "${version}"`],
        [/^os ID .*/m, `os ID ${id}`],
      ),
    );
    return `${level}: ${message}`;
  };

  it("is a distribution that is supported, another release of one, or none", () => {
    for (const [id, version] of [
      ["debian", "12"],
      ["debian", "13"],
      ["ubuntu", "22.04"],
      ["ubuntu", "24.04"],
    ] as const)
      assert.equal(distribution(id, version), `fine: ${id} ${version}`);
    assert.equal(distribution("debian", "11"), "error: debian 11: is too old");
    assert.equal(distribution("ubuntu", "20.04"), "error: ubuntu 20.04: is too old");
    assert.equal(distribution("ubuntu", "25.10"), "warning: ubuntu 25.10: has not been tried");
    assert.equal(distribution("debian", "", "Debian forky/sid"), "warning: Debian forky/sid: has not been tried");
    assert.equal(distribution("rocky", "9"), "error: rocky 9: is not supported");
  });

  it("is run by systemd as process 1", () => {
    assert.equal(initFinding(facts()).level, Level.Fine);
    assert.match(initFinding(facts([/^init .*/m, "init sh"])).message, /^process 1 is sh, and not systemd$/);
    assert.equal(initFinding(facts([/^systemd\n/m, ""])).level, Level.Error);
  });

  it("lets its user become root, or says what is wanted", () => {
    assert.equal(rootFinding({ by: "itself", said: "" }, "root").level, Level.Fine);
    assert.equal(rootFinding({ by: "sudo", said: "" }, "deploy").level, Level.Fine);
    const refused = rootFinding({ by: "refused", said: "sudo: a password is required" }, "deploy");
    assert.equal(refused.message, "sudo -n is refused to deploy: sudo: a password is required");
    assert.match(refused.hint ?? "", /visudo .*"deploy ALL=\(ALL:ALL\) NOPASSWD: ALL"$/);
    assert.match(rootFinding({ by: "missing", said: "" }, "deploy").hint ?? "", /apt-get install sudo/);
  });

  it("has nftables, or a kernel without it; nothing is said of it where nobody is root", () => {
    const with_ = (line: string, ...more: readonly Change[]) =>
      said(nftablesFinding(facts([/^nftables .*/m, line], ...more)));
    assert.deepEqual(with_("nftables loadable"), ["fine: nftables"]);
    assert.deepEqual(with_("nftables missing 5.10.0-mine"), ["error: the kernel 5.10.0-mine has none"]);
    assert.deepEqual(with_("nftables fails netlink: Error"), ["error: does not answer: netlink: Error"]);
    assert.deepEqual(with_("nftables fails sudo: no", [/^root .*/m, "root refused no"]), []);
    assert.deepEqual(with_(""), []);
  });

  it("has its programs", () => {
    assert.deepEqual(said(programFindings(facts([/^systemd\n/m, "systemd\nwithout apt-get\n"]))), [
      "error: apt-get is missing",
    ]);
  });

  it("has room for transactions and packages", () => {
    const room = (...changes: readonly Change[]) => said(spaceFindings(facts(...changes)));
    assert.deepEqual(room(), ["fine: 60.1 GB free"]);
    assert.deepEqual(room([/^space \/var\/lib .*/m, "space /var/lib 10240"]), [
      "error: 10 MB are free at /var/lib, and a transaction needs 64",
    ]);
    assert.deepEqual(room([/^space \/usr .*/m, "space /usr 10240"]), [
      "warning: 10 MB are free at /usr, and packages want 512",
    ]);
    assert.deepEqual(room([/^inodes \/etc .*/m, "inodes /etc 3"]), [
      "error: 3 inodes are free at /etc, and a transaction needs 2000",
    ]);
  });
});

describe("the interfaces of a host", () => {
  const kept = parseProtobox({ hostNetworks: undefined });
  const written = parseProtobox();
  const find = (box: Box, ...changes: readonly Change[]): readonly Finding[] =>
    interfaceFindings(box, box.hosts["gateway-1"] as Host, facts(...changes));
  const renamed = [/box-network (02:\S+)/, "ens5 $1"] as const;

  it("are fine with the declared names and addresses", () => {
    assert.deepEqual(said(find(kept)), ["fine: interfaces"]);
    assert.deepEqual(said(find(written)), ["fine: interfaces"]);
  });

  it("have the declared names where the stack does not give them, and the hint has the true one", () => {
    const [finding] = find(kept, renamed, [/address box-network/, "address ens5"]);
    assert.equal(finding?.message, "no interface box-network for box-network");
    assert.match(finding.hint ?? "", /write "interfaces: \{ box-network: ens5 \}" for the host/);
    // By its address, whatever hardware has it, and by its hardware address, whatever address it has.
    const byAddress = find(
      kept,
      [/box-network 02:\S+/, "ens5 02:00:00:00:00:01"],
      [/address box-network/, "address ens5"],
    );
    const byHardware = find(kept, renamed, [/^address box-network.*\n/m, ""]);
    for (const [found] of [byAddress, byHardware]) assert.match(found?.hint ?? "", /^it is called ens5 there/);
    const [unknown] = find(kept, [/box-network 02:\S+/, "ens5 02:00:00:00:00:01"], [/^address box-network.*\n/m, ""]);
    assert.match(
      unknown?.hint ?? "",
      /^it has gateway-network \(02:67:c0:a8:02:0b\), ens5 \(02:00:00:00:00:01\): write/,
    );
  });

  it("may have any names, and no addresses, where the stack writes them: the hardware address decides", () => {
    assert.deepEqual(said(find(written, renamed, [/^address box-network.*\n/m, ""])), ["fine: interfaces"]);
    const [finding] = find(written, [/02:67:c0:a8:01:0b/, "02:00:00:00:00:01"]);
    assert.equal(finding?.message, "no NIC for box-network: none has the hardware address 02:67:c0:a8:01:0b");
    assert.match(finding.hint ?? "", /it has gateway-network \(\S+\), box-network \(02:00:00:00:00:01\)$/);
    // A bridge that goes by the NIC's address is not the NIC.
    assert.equal(find(written, [/(box-network 02:\S+) UP own/, "$1 UP borrowed"])[0]?.level, Level.Error);
  });

  it("carry the declared addresses, in the declared network", () => {
    const address = (by: string) => said(find(kept, [/^address box-network.*\n/m, by]));
    assert.deepEqual(address(""), ["error: box-network lacks 192.168.1.11/24; it has no address"]);
    assert.deepEqual(address("address box-network 192.168.1.99/24\n"), [
      "error: box-network lacks 192.168.1.11/24; it has 192.168.1.99/24",
    ]);
    assert.deepEqual(address("address box-network 192.168.1.11/16\n"), [
      "warning: box-network has 192.168.1.11/16, and box-network is 192.168.1.0/24",
    ]);
    assert.deepEqual(address("address box-network 192.168.1.10/24\naddress box-network 192.168.1.11/24\n"), [
      "fine: interfaces",
    ]);
  });

  it("have the declared hardware addresses, and are up", () => {
    assert.deepEqual(said(find(kept, [/02:67:c0:a8:01:0b/, "02:00:00:00:00:01"])), [
      "error: box-network has the hardware address 02:00:00:00:00:01, and 02:67:c0:a8:01:0b is declared",
    ]);
    assert.deepEqual(said(find(kept, [/(box-network 02:\S+) UP/, "$1 DOWN"])), ["warning: box-network is down"]);
  });
});
