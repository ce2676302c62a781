/** No secret of any kind is in a report, whatever the preview shows of it: here even one that masks nothing. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { htmlOf } from "../../../cli/review/html.ts";
import { jsonOf } from "../../../cli/review/json.ts";
import { markdownOf } from "../../../cli/review/markdown.ts";
import { parsePreview } from "../../../cli/review/preview.ts";
import { reviewOf } from "../../../cli/review/review.ts";
import { hashicorp } from "../../box/aptKeys.ts";
import { edit } from "../../box/edit.ts";
import { protoboxKnownHosts, protoboxValues } from "../../box/protobox.ts";
import { registrationsOf, type Registration } from "../../components/registrations.ts";
import { aroundGitlab, wholeGitlab } from "../../render/sampleGitlab.ts";
import { grafanaRepository } from "../../render/sampleGrafana.ts";
import { monitoringPlace, sampleReceivers, sampleRoute } from "../../render/sampleMonitoring.ts";
import { now } from "./previews.ts";

/** One of each kind, by the keys of a stack. */
const secrets = {
  tlsPrivateKey: "-----BEGIN PRIVATE KEY-----\nTLSKEYHORSE\n-----END PRIVATE KEY-----\n",
  registryPasswords: { "registry.site": "registry-horse-battery" },
  monitoringSecrets: {
    "pager.webhook": "pager-horse-battery",
    "on-call.email": "email-horse-battery",
    "on-call.slack": "https://hooks.slack.example/services/SLACKHORSE",
  },
  toolsPassword: "tools-horse-battery",
  grafanaPassword: "grafana-horse-battery",
  gitlabSecrets: { rootPassword: "first-horse-battery", smtpPassword: "smtp-horse-battery", runnerToken: "glrt-RUNNERHORSE0123456789" },
}; // prettier-ignore
const horse = /horse-battery|[A-Z]HORSE/;

const values = edit(protoboxValues(), {
  ...aroundGitlab,
  gitlab: { ...wholeGitlab, registry: false, runners: { pool: "runners-pool" } },
  "aptRepositories.gitlab": { ...hashicorp, url: "https://apt.example.org/gitlab" },
  "aptRepositories.grafana": grafanaRepository,
  grafana: { repository: "grafana" },
  monitoring: { ...monitoringPlace, prometheus: {}, alertmanager: { receivers: sampleReceivers, route: sampleRoute } },
  tools: { prometheus: {}, grafana: {} },
  "webservers.tls": { certificate: "edge.pem" },
  containerRuntime: { pools: ["nodes-pool"], network: "box-network", registries: { "registry.site": { username: "box" } } },
  ...Object.fromEntries(Object.entries(secrets)),
}); // prettier-ignore

const types: Readonly<Record<string, string>> = {
  Command: "command:remote:Command",
  Service: "kubernetes:core/v1:Service",
  RandomPassword: "random:index/randomPassword:RandomPassword",
  Stack: "pulumi:pulumi:Stack",
};

/** What a preview would be that shows every secret. */
function unmasked(all: readonly Registration[], config: object, isChange: boolean): string {
  const steps = all.map(({ type, urn, parent, plain, secrets: hidden, secretOutputs, dependencies }) => {
    const left = [...hidden];
    // In the order in which they were left out.
    const shown = JSON.parse(JSON.stringify(plain), (_, value: unknown) => (value === "[secret]" ? (left.shift() ?? value) : value)) as object; // prettier-ignore
    const state = (inputs: object): object => ({ urn, parent, inputs, dependencies, additionalSecretOutputs: secretOutputs, type: types[type] ?? `gatebox:index:${type}` }); // prettier-ignore
    const changed = isChange && type === "Command";
    const before = { ...shown, ...("stdin" in shown ? { stdin: `${String(shown.stdin)}# former\n` } : {}) };
    return {
      urn,
      op: isChange ? (changed ? "update" : "same") : "create",
      ...(isChange ? { oldState: state(changed ? before : shown) } : {}),
      newState: state(shown),
      diffReasons: changed ? ["stdin"] : undefined,
    };
  });
  return JSON.stringify({ config, steps, diagnostics: [] });
}

describe("a review of a stack with each kind of secret", () => {
  let scratch: string;
  let all: readonly Registration[];
  let config: Record<string, string>;
  const [folder, knownHosts] = [process.cwd(), process.env["GATEBOX_KNOWN_HOSTS"]];

  before(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-secrets-"));
    writeFileSync(path.join(scratch, "known_hosts"), protoboxKnownHosts());
    const certificate = readFileSync(new URL("../../components/certificate.pem", import.meta.url), "utf8");
    writeFileSync(path.join(scratch, "edge.pem"), certificate);
    process.chdir(scratch);
    process.env["GATEBOX_KNOWN_HOSTS"] = path.join(scratch, "known_hosts");
    const named = Object.entries(values).map(([key, value]) => [`gatebox:${key}`, value] as const);
    config = Object.fromEntries(named.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)])); // prettier-ignore
    const program = (): Promise<unknown> => import(new URL("../../../index.ts?review-secrets", import.meta.url).href);
    all = await registrationsOf(stringify({ config: Object.fromEntries(named) }), program);
  });
  after(() => {
    process.chdir(folder);
    if (knownHosts === undefined) delete process.env["GATEBOX_KNOWN_HOSTS"];
    else process.env["GATEBOX_KNOWN_HOSTS"] = knownHosts;
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const [title, isChange] of [
    ["that is all new", false],
    ["of which every secret changes", true],
  ] as const)
    it(`${title}: tells where they are, and none of them`, () => {
      const preview = unmasked(all, config, isChange);
      for (const secret of [
        "TLSKEYHORSE",
        "registry-horse",
        "pager-horse",
        "email-horse",
        "SLACKHORSE",
        "tools-horse",
        "grafana-horse",
        "first-horse",
        "smtp-horse",
        "RUNNERHORSE",
      ])
        // prettier-ignore
        assert.ok(preview.includes(secret), `the preview of this test shows ${secret}`);
      const review = reviewOf(parsePreview(preview), { now });
      const units = review.hidden.filter(({ because }) => because === "secret").map(({ what }) => what);
      for (const unit of ["protobox.tls", "protobox.registries", "protobox.secrets", "protobox.tools-users"])
        assert.ok(units.includes(unit), `${unit} of ${units.join(", ")}`);
      for (const text of [markdownOf(review, 100_000_000), htmlOf(review), jsonOf(review)]) {
        const found = horse.exec(text);
        assert.equal(found, null, text.slice(Math.max(0, (found?.index ?? 0) - 300), (found?.index ?? 0) + 100));
      }
    });
});
