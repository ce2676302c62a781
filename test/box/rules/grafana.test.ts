import assert from "node:assert/strict";
import fc from "fast-check";
import { grafanaPasswordFault } from "../../../box/index.ts";
import { grafanaBox, grafanaChanges } from "../../render/sampleGrafana.ts";
import { monitoringPlace } from "../../render/sampleMonitoring.ts";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const grafana = (said: object, others: object = {}) => ({ ...grafanaChanges, grafana: { repository: "grafana", ...said }, ...others }); // prettier-ignore

describeViolations("grafana", [
  {
    breaks: "a repository that is unknown, a package that is none of its, and a port that is none",
    changes: grafana({ repository: "grafena", package: "grafana-server", port: 0 }),
    says: [
      'grafana.package: "grafana-server" is not one of the values it can have (known: grafana, grafana-enterprise)',
      "grafana.port: 0 is not a port: write a whole number from 1 to 65535",
      'grafana.repository: unknown apt repository "grafena" (did you mean "grafana"?)',
    ],
  },
  {
    breaks: "no repository at all",
    changes: { ...grafanaChanges, grafana: {} },
    says: [
      "grafana.repository: is missing: Debian and Ubuntu have no package of Grafana, so write the entry of aptRepositories that has it",
    ],
  },
  {
    breaks: "a box without Prometheus",
    changes: grafana({}, { monitoring: monitoringPlace }),
    says: ["grafana: shows what Prometheus knows, and the box runs none: write monitoring.prometheus, or leave Grafana out"], // prettier-ignore
  },
  {
    breaks: "another port and another pool than web servers look for it at",
    changes: grafana(
      { port: 3001, pool: "other-pool" },
      { tools: { grafana: { upstream: { port: 3002 } } }, "pools.other-pool": ["gateway-5"] },
    ),
    says: [
      "grafana.port: 3001 is not where web servers look for it (tools.grafana.upstream.port: 3002): write one of them, or the same in both",
      'grafana.pool: "other-pool" is not where web servers look for it (tools.grafana.upstream.pool, by default that of monitoring: nat-gateway-pool): write the same pool in both',
    ],
  },
  {
    breaks: "kube gateways",
    changes: grafana({ pool: "kube-gateway-pool" }, { tools: undefined }),
    says: [
      "grafana.pool: gateway-1 of kube-gateway-pool is a kube gateway, which lets nothing but routes in: write a pool of other hosts",
    ],
  },
  {
    breaks: "hosts that are not where Prometheus answers",
    changes: grafana(
      { pool: "supervisors-pool" },
      { tools: undefined, monitoring: { ...monitoringPlace, network: "gateway-network", prometheus: {} } },
    ),
    says: [
      "grafana.pool: supervisor-1 of supervisors-pool is not on gateway-network, where Prometheus answers: write a pool of hosts that are",
    ],
  },
  {
    breaks: "what has its place elsewhere, or is always so",
    changes: grafana({ adminPassword: "x", path: "/graphs/", anonymous: true }),
    says: [
      'grafana.adminPassword: unknown key "adminPassword": a secret of the stack: `pulumi config set --secret gatebox:grafanaPassword`, or leave it out and it is generated',
      'grafana.path: unknown key "path": that of `tools.grafana`: write `path` there',
      'grafana.anonymous: unknown key "anonymous": always off: who looks at the box logs in',
    ],
  },
]);

describe("a box's Grafana", () => {
  it("is where monitoring is, at the place of its tool, unless the stack says otherwise", () => {
    assert.deepEqual(grafanaBox().grafana, {
      repository: "grafana",
      package: "grafana",
      pool: "nat-gateway-pool",
      network: "gateway-network",
      port: 3000,
      path: "/grafana/",
      url: "https://protobox.test/grafana/",
    });
    const tools = { grafana: { path: "/graphs/", upstream: { pool: "other-pool", port: 3100 } } };
    const other = grafanaBox({ pool: "other-pool" }, { tools, "pools.other-pool": ["gateway-5"] }).grafana;
    assert.deepEqual([other?.pool, other?.port, other?.url], ["other-pool", 3100, "https://protobox.test/graphs/"]);
  });

  it("is not there without its section, and is warned of without a way to it", () => {
    assert.equal(parseProtobox({ tools: { grafana: {} } }).grafana, undefined);
    const { warnings } = grafanaBox({}, { tools: undefined });
    assert.ok(warnings.includes("grafana: has no way through the web servers, so nobody sees it: write tools.grafana"), warnings.join("\n")); // prettier-ignore
    assert.ok(!grafanaBox().warnings.some((one) => one.startsWith("grafana") || one.startsWith("aptRepositories")));
  });

  it("takes any password of 12 to 128 characters but those that its files would change", () => {
    assert.match(grafanaPasswordFault("elf letters") ?? "", /^is shorter than 12 characters/);
    assert.match(grafanaPasswordFault("x".repeat(129)) ?? "", /^is longer than 128/);
    assert.match(grafanaPasswordFault(" leading-blank-12") ?? "", /^begins or ends with a blank/);
    assert.match(grafanaPasswordFault("twelve\nletters") ?? "", /^holds control characters/);
    for (const one of ["%(protocol)s-long-enough", "$__env{HOME}-long", "${HOME}-long-enough"])
      assert.match(grafanaPasswordFault(one) ?? "", /^holds %\( or \$\{/);
    const sound = fc.string({ unit: "grapheme-ascii", minLength: 12, maxLength: 128 }).filter((text) => !/%\(|\$/.test(text) && text === text.trim()); // prettier-ignore
    fc.assert(fc.property(sound, (text) => grafanaPasswordFault(text) === undefined));
  });
});
