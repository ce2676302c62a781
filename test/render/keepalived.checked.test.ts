import assert from "node:assert/strict";
import type { TreeFile } from "../../render/treeFile.ts";
import { keepalivedVip } from "../../render/vip/keepalived.ts";
import { vipOnHost } from "../../render/vip/onHost.ts";
import { check, checkScript, withTree } from "./checkers.ts";
import type { Verdict } from "./checkers.ts";
import { haBox, haHost, haRegistry, vipFiles, virtualIps } from "./sampleHa.ts";
import { edge6, ipv6Box, ipv6Host } from "./sampleIpv6.ts";

const box = haBox();

/**
 * `keepalived --config-test` as the host's check runs it, with the interfaces that the configuration names, in network
 * and mount namespaces of its own. Warnings count.
 */
function checkKeepalived(files: readonly TreeFile[], id: "events" | "silent"): Verdict {
  // Programs that run as root must lie where root alone may write; a temporary directory is no such place.
  const moved = files.map((file) => ({
    ...file,
    text: file.text
      .replaceAll("/etc/gatebox/vip/", "/mnt/vip/")
      .replaceAll("include /var/lib/gatebox/vip/kept/", "include /mnt/kept/"),
  }));
  return withTree(moved, (tree) => {
    const script = `mount -t tmpfs -o mode=0755 tmpfs /mnt && cp -r ${tree} /mnt/vip && chmod 0755 /mnt/vip && mkdir /mnt/kept
      for one in /mnt/vip/keepalived/vips/*.address; do : >"/mnt/kept/$(basename "$one" .address).peers"; done
      for one in public-network gateway-network box-network; do ip link add "$one" type bridge && ip link set "$one" up; done
      keepalived --config-test --config-id ${id} --use-file /mnt/vip/keepalived/keepalived.conf`;
    return check("unshare", ["-rmn", "sh", "-euc", script]);
  });
}

describe("render/vip: keepalived's configuration", () => {
  it("is accepted by keepalived without a warning, with process events and without", () => {
    for (const host of ["webserver-1", "gateway-1", "gateway-4"])
      for (const id of ["events", "silent"] as const)
        assert.deepEqual(checkKeepalived(vipFiles(box, haHost(host)), id), { ok: true, words: "" }, `${host} ${id}`);
  });

  it("is refused by keepalived when it is wrong, so that the test above can fail", () => {
    const files = vipFiles(box, haHost("gateway-4")).map((file) => ({
      ...file,
      text: file.text.replace("priority", "priorty"),
    }));
    const { ok, words } = checkKeepalived(files, "events");
    assert.equal(ok, false);
    assert.match(words, /Unknown keyword 'priorty'/);
  });

  it("is accepted by keepalived with an IPv6 address, alone as well", () => {
    const dual = ipv6Box();
    const files = vipFiles(dual, ipv6Host("webserver-1"));
    for (const id of ["events", "silent"] as const)
      assert.deepEqual(checkKeepalived(files, id), { ok: true, words: "" }, id);
    const six = vipOnHost(dual, ipv6Host("webserver-1"), edge6, haRegistry);
    const alone = files.map((file) =>
      file.path === "keepalived/vips/edge6.conf" ? { ...file, text: keepalivedVip({ ...six, peers: [] }) } : file,
    );
    assert.deepEqual(checkKeepalived(alone, "events"), { ok: true, words: "" });
  });

  it("is accepted by keepalived with addresses of both families in a sync group", () => {
    const both = ipv6Box({ virtualIps: { edge: virtualIps.edge, edge6: { ...edge6, syncGroup: "edge" } } });
    assert.deepEqual(checkKeepalived(vipFiles(both, ipv6Host("webserver-1")), "events"), { ok: true, words: "" });
  });

  it("is accepted by keepalived when a host is alone", () => {
    const alone = { ...vipOnHost(box, haHost("gateway-4"), virtualIps.nat, haRegistry), peers: [] };
    const files = vipFiles(box, haHost("gateway-4")).map((file) =>
      file.path === "keepalived/vips/nat.conf" ? { ...file, text: keepalivedVip(alone, ["natOut"]) } : file,
    );
    assert.deepEqual(checkKeepalived(files, "events"), { ok: true, words: "" });
  });
});

describe("render/vip: the scripts as they reach a host", () => {
  for (const file of vipFiles(box, haHost("webserver-1")).filter(({ text }) => text.startsWith("#!/bin/sh\n")))
    it(`${file.path} is a script for any POSIX shell`, () =>
      assert.deepEqual(checkScript(file.text), { ok: true, words: "" }));
});
