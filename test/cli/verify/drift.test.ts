import assert from "node:assert/strict";
import { boxDrift, hasDrift, isIncomplete, type BoxDrift } from "../../../cli/verify/drift.ts";
import { declarationsOf } from "../../../cli/verify/declaration.ts";
import { driftText } from "../../../cli/verify/text.ts";
import { printableData } from "../../../cli/status/printableData.ts";
import { monitoredBox } from "../../render/sampleMonitoring.ts";
import { parseProtobox } from "../../box/parsing.ts";

const box = parseProtobox();
const declarations = declarationsOf(box, "gatebox");

/** The box of which each host has said these lines beside its own addresses; undefined is a host that has said nothing. */
function found(said: Readonly<Record<string, readonly string[] | undefined>> = {}): BoxDrift {
  const compared = Object.values(box.hosts).flatMap((host) => {
    const declaration = declarations.get(host.name);
    if (host.connection === undefined || declaration === undefined) return [];
    const lines = host.name in said ? said[host.name] : holds(host.name);
    const text = lines === undefined ? "" : ["gatebox-verify 1", ...own(host.name), ...lines, "end", ""].join("\n");
    return [{ host, connection: host.connection, declaration, visit: { answer: { text, errors: "", sent: 0 } } }];
  });
  return boxDrift(box, compared);
}

function own(name: string): string[] {
  const { addresses = {}, interfaces = {} } = box.hosts[name] ?? {};
  return Object.entries(addresses).map(([network, address]) => `address\t${interfaces[network] ?? ""}\t${address}`);
}

/** The virtual IPs of a host while all is well: the first of each pool has them. */
function holds(name: string): string[] {
  return Object.values(box.virtualIps).flatMap(({ pool, address, network }) =>
    box.pools[pool]?.members[0] === name ? [`address\t${box.hosts[name]?.interfaces[network] ?? ""}\t${address}`] : [],
  );
}

const [vip = assert.fail("a virtual IP")] = Object.values(box.virtualIps);
const [first = "", second = ""] = box.pools[vip.pool]?.members ?? [];
const lines = (drift: BoxDrift): string[] =>
  drift.hosts.flatMap(({ host, drifts }) =>
    drifts.map(({ kind, where, detail }) => [host, kind, where, detail].join(" ")),
  );

describe("the drift of a box", () => {
  it("is none where each virtual IP has one holder, and every host its own addresses", () => {
    const drift = found();
    assert.deepEqual([lines(drift), drift.virtualIps, hasDrift(drift), isIncomplete(drift)], [[], [], false, false]);
  });

  it("is a virtual IP with two holders, or with none", () => {
    const twice = found({ [second]: holds(first) });
    assert.deepEqual(twice.virtualIps.find(({ name }) => name === vip.name)?.holders, [first, second]);
    assert.match(driftText(twice), new RegExp(`^virtual IP ${vip.name} .*: held by ${first} and ${second}$`, "m"));
    const nobody = found({ [first]: [] });
    assert.deepEqual(nobody.virtualIps.find(({ name }) => name === vip.name)?.holders, []);
    assert.ok(hasDrift(nobody));
  });

  it("says nothing of a virtual IP's absence while one of its hosts is not known", () => {
    const drift = found({ [first]: undefined });
    assert.deepEqual([drift.virtualIps, isIncomplete(drift)], [[], true]);
  });

  it("is an address that nobody has declared, on an interface of the box and in its network", () => {
    const network = vip.network;
    const name = box.hosts[first]?.interfaces[network] ?? "";
    const prefix = box.networks[network]?.cidr.replace(/\.\d+\/.*$/, "") ?? "";
    const drift = found({
      [first]: [
        ...holds(first),
        `address\t${name}\t${prefix}.77`,
        `address\t${name}\t10.99.0.1`,
        `address\tdocker0\t${prefix}.78`,
      ],
    });
    assert.deepEqual(lines(drift), [`${first} address ${name} ${prefix}.77 nobody has declared it on ${network}`]);
  });

  it("is a virtual IP on a host of another pool, wherever it stands", () => {
    const other = Object.values(box.hosts).find(
      ({ name, connection }) => connection !== undefined && !box.pools[vip.pool]?.members.includes(name),
    );
    assert.ok(other);
    const drift = found({ [other.name]: [...holds(other.name), `address\tlo\t${vip.address}`] });
    assert.deepEqual(lines(drift), [`${other.name} address lo ${vip.address} the virtual IP ${vip.name} is another pool's, ${vip.pool}`]); // prettier-ignore
  });

  it("has a diff from what is declared to what is there, of a copy with the file that it is of", () => {
    const text = declarations.get(first)?.texts.get("gateway/haproxy/base.cfg") ?? [...(declarations.get(first)?.texts.values() ?? [])][0] ?? ""; // prettier-ignore
    const place = [...(declarations.get(first)?.texts ?? [])].find(([, one]) => one === text)?.[0] ?? "";
    const [assembly = "", ...rest] = place.split("/");
    const edited = `${text}by hand\n`.split("\n").map((line) => `|${line}`);
    const drift = found({
      [first]: [
        ...holds(first),
        `drift\tfile\t${assembly}\tprotobox.pool\t${rest.join("/")}\tcontent\t`,
        ...edited,
        `drift\tlink\t${assembly}\tprotobox.pool\t/etc/somewhere\tcontent\tis no copy of ${rest.join("/")}`,
        ...edited,
      ],
    });
    for (const { diff } of drift.hosts.find(({ host }) => host === first)?.drifts ?? [])
      assert.deepEqual(
        diff.filter((line) => /^[-+]/.test(line)),
        ["+by hand"],
      );
    assert.equal(lines(drift).length, 2);
  });

  it("holds nothing that a terminal obeys, whatever a host has said", () => {
    const evil = "\u001b]0;x\u0007";
    const drift = found({
      [first]: [`drift\tfile\t${evil}\tu\t${evil}\t${evil}\t${evil}`, `|${evil}`, `unknown\t${evil}\t${evil}`],
    });
    for (const text of [driftText(drift), JSON.stringify(printableData(drift))])
      // eslint-disable-next-line no-control-regex -- that is what is looked for
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f]/);
  });

  it("declares no text of a secret, and a dash for its sum", () => {
    const declaration = declarationsOf(monitoredBox(), "gatebox").get("gateway-4");
    const secret = declaration?.lines.filter((line) => / -$/.test(line)) ?? [];
    assert.deepEqual(
      secret
        .map((line) => line.split(" ").slice(1, 3).join(" "))
        .filter((name) => name.startsWith("alertmanager"))
        .slice(0, 1),
      ["alertmanager protobox.secrets"],
    );
    for (const line of secret) {
      const [, assembly, , file] = line.split(" ");
      assert.equal(declaration?.texts.has(`${assembly}/${file}`), false);
    }
  });
});
