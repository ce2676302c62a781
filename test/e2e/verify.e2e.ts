import assert from "node:assert/strict";
import type { Document } from "yaml";
import { kubectlChecked } from "../../lab/cluster/programs.ts";
import { verified } from "./verifying.ts";
import { edited, onHost, restore, runOnHost, up, world } from "./world.ts";

/** What somebody does by hand, and how it is told. */
const drifts: readonly { readonly host: string; readonly does: string; readonly told: string }[] = [
  {
    host: "gateway-2",
    does: "echo '# by hand' >>/etc/gatebox/gateway/haproxy/routes/30163.cfg",
    told: "gateway-2: file gateway/haproxy/routes/30163.cfg: changed by hand",
  },
  {
    host: "gateway-2",
    does: "echo '# by hand' >/etc/gatebox/gateway/haproxy/routes/1.cfg",
    told: "gateway-2: file gateway/haproxy/routes/1.cfg: added by hand",
  },
  {
    host: "gateway-1",
    does: "chmod 0666 /etc/gatebox/node-exporter/systemd/service.conf",
    told: "gateway-1: file node-exporter/systemd/service.conf: another mode",
  },
  {
    host: "gateway-1",
    does: "systemctl mask --now prometheus-node-exporter",
    told: "gateway-1: unit prometheus-node-exporter.service (node-exporter): masked",
  },
  {
    host: "webserver-2",
    does: "nft insert rule inet gatebox_firewall input ip saddr 10.9.9.9 drop",
    told: "webserver-2: rules inet gatebox_firewall (firewall): changed by hand",
  },
  {
    host: "supervisor-1",
    does: "rm /etc/systemd/system/prometheus-node-exporter.service.d/gatebox.conf",
    told: "supervisor-1: link /etc/systemd/system/prometheus-node-exporter.service.d/gatebox.conf",
  },
];

/** What somebody does in the cluster. */
const inCluster: readonly { readonly does: readonly string[]; readonly told: string }[] = [
  { does: ["delete", "service", "argocd", "--namespace=argocd"], told: "Service argocd/argocd: missing" },
  {
    does: ["patch", "service", "pgadmin4", "--namespace=postgresql", '--patch={"spec":{"selector":{"by":"hand"}}}'],
    told: "Service postgresql/pgadmin4: another value (spec.selector is ",
  },
];

/** When a program that leads traffic was started, on the hosts that are touched. */
const started = "systemctl show --property=ActiveEnterTimestampMonotonic --value haproxy nginx keepalived conntrackd | tr '\\n' ' '"; // prettier-ignore

describe("gatebox verify", () => {
  before(async () => {
    // What tests before this one have left by hand on hosts is no matter of this one.
    await restore(await world());
  });
  after(async () => {
    await restore(await world());
  });

  it("finds no difference in a box that was just applied", async () => {
    const { code, output } = await verified(await edited(() => undefined));
    assert.equal(code, 0, output);
  });

  it("names what was changed by hand, and the next `up` puts it right by what --repair prints, restarting nothing", async () => {
    const { lab, stack } = await world();
    const hosts = [...new Set(drifts.map(({ host }) => host))];
    const since = await Promise.all(hosts.map((host) => onHost(lab, host, started)));
    for (const { host, does } of drifts) await onHost(lab, host, does);
    await runOnHost(lab, "gateway-4", "older-package.sh");
    for (const { does } of inCluster) await kubectlChecked(lab, [...does]);
    const { code, output } = await verified(await edited(() => undefined), "--repair");
    assert.equal(code, 1, output);
    const older = { told: "gateway-4: package netbase: gone back to an older version (is 1.0, was " };
    for (const { told } of [...drifts, ...inCluster, older]) assert.ok(output.includes(told), `${told}\n${output}`);

    const marks = [...output.matchAll(/--path 'gatebox:hosts\["(.+?)"\]\.repair\["(.+?)"\]' (\S+)/g)];
    assert.ok(marks.length >= 4, output);
    const marked = await edited((config: Document) => {
      for (const [, host, unit, mark] of marks) config.setIn(["config", "gatebox:hosts", host, "repair", unit], mark);
    });
    const refreshed = [...output.matchAll(/^pulumi refresh .*--yes --target '(\S+)'$/gm)].map(([, urn = ""]) => urn);
    const [, patch = ""] = /^kubectl patch service pgadmin4 --namespace postgresql --type=merge --patch '(.*)'$/m.exec(output) ?? []; // prettier-ignore
    assert.deepEqual([refreshed.length, patch === ""], [1, false], output);
    await kubectlChecked(lab, ["patch", "service", "pgadmin4", "--namespace=postgresql", "--type=merge", `--patch=${patch}`]); // prettier-ignore
    await stack.configure(marked);
    for (const urn of refreshed) assert.equal((await stack.pulumi(["refresh", "--yes", "--target", urn])).code, 0, urn);
    await up(stack);
    const after = await verified(marked);
    assert.equal(after.code, 0, after.output);
    assert.deepEqual(await Promise.all(hosts.map((host) => onHost(lab, host, started))), since);
  });
});
