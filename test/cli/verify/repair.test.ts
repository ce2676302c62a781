import assert from "node:assert/strict";
import type { Drift } from "../../../cli/verify/drift.ts";
import { noServices, type ServiceDrift } from "../../../cli/verify/services.ts";
import { repairsOf, repairText } from "../../../cli/verify/repair.ts";
import { parseProtobox } from "../../box/parsing.ts";

const drift = (told: Partial<Drift>): Drift => ({
  kind: "file",
  assembly: "gateway",
  unit: "",
  where: "x",
  problem: "content",
  detail: "",
  diff: [],
  ...told,
});
const repairs = (...drifts: Drift[]) =>
  repairsOf(
    { box: "protobox", hosts: [{ host: "gateway-1", drifts, unknown: [] }], virtualIps: [], services: noServices },
    { stack: "mine", project: "gatebox" },
    "at-2026-12-01T01:00:00Z",
  );
const line = (name: string): string =>
  `pulumi config set --stack mine --path 'gatebox:hosts["gateway-1"].repair["${name}"]' at-2026-12-01T01:00:00Z`;

describe("what puts drift right", () => {
  it("is a mark for each unit that has any, once, and the pool's own where none is named", () => {
    const found = repairs(
      drift({ unit: "gatebox.protobox.argocd" }),
      drift({ unit: "gatebox.protobox.argocd", where: "y" }),
      drift({ kind: "rules", assembly: "firewall" }),
      drift({ kind: "unit", problem: "masked" }),
    );
    assert.deepEqual(found, {
      commands: [
        line("firewall/protobox.pool"),
        line("gateway/gatebox.protobox.argocd"),
        line("gateway/protobox.pool"),
      ],
      byHand: [],
    });
  });

  it("has Pulumi look at a Service of the stack's own, and leaves one of others to people", () => {
    const of = (service: Partial<ServiceDrift>) => {
      const drifts = [{ name: "argocd", namespace: "argocd", problem: "missing", detail: "", ...service } as const];
      const found = { box: "protobox", hosts: [], virtualIps: [], services: { drifts, unknown: [] } };
      return repairsOf(found, { stack: "mine", project: "gatebox" }, "x");
    };
    const command = "pulumi refresh --stack mine --yes --target 'urn:pulumi:mine::gatebox::gatebox:index:ExposedService$kubernetes:core/v1:Service::argocd-service'"; // prettier-ignore
    assert.deepEqual(of({}), { commands: [command], byHand: [] });
    const patched = of({ problem: "value", detail: "spec.type is ClusterIP, declared NodePort", patch: '{"spec":{}}' });
    assert.deepEqual(patched.commands, ["kubectl patch service argocd --namespace argocd --type=merge --patch '{\"spec\":{}}'"]); // prettier-ignore
    assert.deepEqual(of({ problem: "value", detail: "x" }), { commands: [], byHand: ["Service argocd/argocd (x)"] });
    const foreign = of({ problem: "foreign", detail: "whose?" });
    assert.deepEqual(foreign, { commands: [], byHand: ["Service argocd/argocd (whose?)"] });
    assert.deepEqual(of({ name: "a'; reboot '" }).commands, []);
  });

  it("is a mark for packages, and one for the host's side of Gatebox", () => {
    const found = repairs(
      drift({ kind: "package", assembly: "", where: "haproxy", problem: "missing" }),
      drift({ assembly: "", where: "/usr/local/lib/gatebox/unit.sh" }),
    );
    assert.deepEqual(found.commands, [line("packages"), line("runtime")]);
  });

  it("is a person's work where something is somebody's own", () => {
    const found = repairs(
      drift({ kind: "unit", where: "nginx.service", problem: "drop-in", detail: "/etc/systemd/system/a.conf" }),
      drift({ kind: "address", assembly: "", where: "eth0 10.0.0.1", problem: "extra" }),
    );
    assert.deepEqual(found, {
      commands: [],
      byHand: ["gateway-1: unit nginx.service (/etc/systemd/system/a.conf)", "gateway-1: address eth0 10.0.0.1"],
    });
    assert.match(repairText(found), /^# by hand: .*\n# by hand: .*\n# Nothing is marked/);
  });

  it("is nothing for what the next up does anyhow", () => {
    assert.deepEqual(repairs(drift({ problem: "unapplied" })), { commands: [], byHand: [] });
  });

  it("takes no name from a host that is none: it would stand in a command line", () => {
    for (const unit of ["x'; reboot #", "$(reboot)", "a\nreboot", "A", "../x"])
      assert.deepEqual(repairs(drift({ unit })).commands, [], unit);
  });

  it("is read by the stack file as it is written", () => {
    const hosts = parseProtobox({
      "hosts.gateway-1.repair": { "gateway/gatebox.protobox.argocd": "at-2026-12-01T01:00:00Z", packages: "1" },
    }).hosts;
    assert.deepEqual(hosts["gateway-1"]?.repair, {
      "gateway/gatebox.protobox.argocd": "at-2026-12-01T01:00:00Z",
      packages: "1",
    });
    for (const name of ["gateway", "gateway/A", "x;y/z"])
      assert.throws(() => parseProtobox({ "hosts.gateway-1.repair": { [name]: "x" } }), /is not "packages", "runtime"/);
    assert.throws(() => parseProtobox({ "hosts.gateway-1.repair": { packages: "a b" } }), /is not a mark/);
  });
});
