import assert from "node:assert/strict";
import { dnsmasqLeases } from "../../render/dnsmasq/configuration.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { check, withTree, type Verdict } from "./checkers.ts";
import { dnsBox, dnsmasqTree, sampleDns, twoServers, wholeDns } from "./sampleDns.ts";

/** `dnsmasq --test` on everything that it reads: also what it reads again while it runs. */
function checkDnsmasq(files: readonly TreeFile[]): Verdict {
  return withTree(files, (tree) => {
    const verdicts = ["dnsmasq.conf", "servers", "leases-as-options"].map((file) =>
      check("dnsmasq", ["--test", `--conf-file=${tree}/${file}`]),
    );
    return {
      ok: verdicts.every(({ ok }) => ok),
      words: verdicts.map(({ words }) => words.replace("dnsmasq: syntax check OK.", "")).join(""),
    };
  });
}

/** The leases as dnsmasq's own options, which `--test` reads. */
function withLeases(files: readonly TreeFile[]): TreeFile[] {
  const leases = files.find(({ path }) => path === "leases")!.text;
  return [
    ...files,
    { path: "leases-as-options", mode: "0644", text: leases.replace(/^/gm, "dhcp-host=").replace(/dhcp-host=$/, "") },
  ];
}

describe("checkers of the name servers' files", () => {
  const boxes = {
    "as little as there is to say": [dnsBox(sampleDns), "supervisor-1"],
    "as much as there is to say": [dnsBox(wholeDns), "supervisor-1"],
    "two servers on two networks": [dnsBox(...twoServers), "gateway-5"],
  } as const;
  for (const [what, [box, host]] of Object.entries(boxes))
    it(`dnsmasq takes ${what}`, () => {
      assert.deepEqual(checkDnsmasq(withLeases(dnsmasqTree(box, host))), { ok: true, words: "" });
    });

  it("dnsmasq takes leases without a range", () => {
    const box = dnsBox({ ...sampleDns, dhcp: { "box-network": {} } });
    assert.match(dnsmasqLeases(box.dns!), /^02:67:c0:a8:01:07,192\.168\.1\.7,supervisor-1$/m);
    assert.equal(checkDnsmasq(withLeases(dnsmasqTree(box))).ok, true);
  });

  it("dnsmasq refuses each of the files when it is broken", () => {
    for (const path of ["dnsmasq.conf", "servers", "leases-as-options"]) {
      const broken = withLeases(dnsmasqTree(dnsBox())).map((file) => (file.path === path ? { ...file, text: `${file.text}nonsense=1,2\n` } : file)); // prettier-ignore
      assert.equal(checkDnsmasq(broken).ok, false, path);
    }
  });
});
