/** A review of what the real engine says of the Protobox: all of it new, and a change of it. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openStack, type LabStack } from "../../../lab/stack.ts";
import { prepareToolchain } from "../../../lab/toolchain/index.ts";
import { htmlOf } from "../../../cli/review/html.ts";
import { jsonOf } from "../../../cli/review/json.ts";
import { markdownOf } from "../../../cli/review/markdown.ts";
import { parsePreview } from "../../../cli/review/preview.ts";
import { reviewOf, type Review } from "../../../cli/review/review.ts";
import { protoboxKnownHosts, wholeProtoboxText } from "../../box/protobox.ts";
import { scratchHome, type ScratchHome } from "../../lab/scratchHome.ts";
import { appliedState } from "./appliedState.ts";

const passwords = { before: "correct-horse-battery", after: "staple-of-another-horse" };

/** The stack file with lines of it changed. */
function edited(password: string, edits: Readonly<Record<string, string>> = {}): string {
  const passwordLine = `  gatebox:registryPasswords: { registry.protobox: ${password} }\n`;
  return Object.entries(edits).reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  }, `${wholeProtoboxText.trimEnd()}\n${passwordLine}`);
}

/** A service comes, one goes, one is changed. */
const edits = {
  "    keycloak: { app: keycloak, options: [httplog] }\n": "",
  "argocd: { app: argocd, ": "argocd: { app: argocd, balance: leastconn, ",
  "    dash: { app": "    wiki: { app: wiki, options: [httplog] }\n    dash: { app",
  "  gatebox:kubeGateways:": "    wiki: { port: 30169, namespace: wiki }\n\n  gatebox:kubeGateways:",
};

describe("a review of a real preview", function () {
  // Four starts of the engine with the whole program: two minutes, and eight beside a lab that two busy cores bring up.
  this.timeout(1_200_000);
  let home: ScratchHome;
  let stack: LabStack;
  let first: Review;
  let changed: Review;

  before(async () => {
    home = await scratchHome();
    const toolchain = await prepareToolchain({ kubernetes: false });
    stack = await openStack(home, toolchain, { name: "protobox", configuration: edited(passwords.before) });
    writeFileSync(path.join(home.directory, "known_hosts"), protoboxKnownHosts());
    const plan = path.join(home.directory, "plan.json");
    const all = await previewed("--save-plan", plan);
    first = reviewOf(parsePreview(all), { now: Date.now() });
    const { steps } = JSON.parse(all.slice(all.indexOf("{"))) as { steps: Parameters<typeof appliedState>[0] };
    const file = readFileSync(path.join(stack.directory, "Pulumi.protobox.yaml"), "utf8");
    const salt = /^encryptionsalt: (.*)$/m.exec(file)?.[1] ?? "";
    const state = appliedState(
      steps,
      JSON.parse(readFileSync(plan, "utf8")) as Parameters<typeof appliedState>[1],
      salt,
    );
    writeFileSync(path.join(home.directory, "state.json"), JSON.stringify(state));
    const imported = await stack.pulumi(["stack", "import", "--file", path.join(home.directory, "state.json")]);
    assert.equal(imported.code, 0, imported.stderr);
    await stack.configure(edited(passwords.after, edits));
    changed = reviewOf(parsePreview(await previewed()), { now: Date.now() });
  });
  after(() => rmSync(home.directory, { recursive: true, force: true }));

  async function previewed(...more: string[]): Promise<string> {
    const env = {
      GATEBOX_KNOWN_HOSTS: path.join(home.directory, "known_hosts"),
      KUBECONFIG: path.join(home.directory, "no-kubeconfig"),
    };
    const { code, stdout, stderr } = await stack.pulumi(["preview", "--json", "--show-sames", ...more], { env });
    assert.equal(code, 0, stdout.slice(-2000) + stderr.slice(-2000));
    return stdout;
  }

  it("of a box that is all new has every file of every host once", () => {
    const { created, ...others } = first.counts;
    assert.deepEqual(others, { changed: 0, replaced: 0, deleted: 0 });
    assert.ok(created > 180, String(created));
    const conf = first.files.find(({ path }) => path === "/etc/gatebox/gateway/haproxy/base.cfg");
    assert.deepEqual([...(conf?.owners ?? [])].sort(), ["gateway-1", "gateway-2", "gateway-3"]);
    const runtime = first.files.filter(({ path }) => path === "/usr/local/lib/gatebox/unit.sh");
    assert.deepEqual(runtime.map(({ owners }) => owners.length), [13]); // prettier-ignore
    assert.ok(first.packages.some(({ added }) => added.includes("haproxy")));
  });

  it("of a change has the new service line by line, once for all hosts", () => {
    const created = changed.files.filter(({ change }) => change === "created");
    assert.deepEqual(created.map(({ path, owners }) => [path, owners.join("+")]).sort(), [
      ["/etc/gatebox/gateway/border/ports/30169.nft", "gateway-1+gateway-2+gateway-3"],
      ["/etc/gatebox/gateway/haproxy/routes/30169.cfg", "gateway-1+gateway-2+gateway-3"],
      ["/etc/gatebox/webserver/nginx/locations/wiki.conf", "webserver-1+webserver-2"],
      ["/etc/gatebox/webserver/nginx/upstreams/stream_wiki.conf", "webserver-1+webserver-2"],
    ]);
    const route = created.find(({ path }) => path.endsWith("30169.cfg"))?.lines ?? [];
    assert.ok(route.includes("+frontend wiki-30169 from gatebox-http-frontend"), route.join("\n"));
    const names = changed.objects.map(({ name, change }) => `${change} ${name}`);
    assert.ok(names.includes("created Service wiki/wiki"), names.join("\n"));
    assert.ok(names.includes("deleted Service keycloak/keycloak"), names.join("\n"));
  });

  it("of a change has the one line that is another", () => {
    const [file] = changed.files.filter(({ change, path }) => change === "changed" && path.endsWith("/30160.cfg"));
    const lines = file?.lines.filter((line) => /^[+-]/.test(line));
    assert.deepEqual(lines, ["-    balance roundrobin", "+    balance leastconn"]);
  });

  it("of a change has who can reach what", () => {
    assert.deepEqual(changed.reachability.map(({ kind, network, service, ports, by }) => [kind, network, `${service} ${ports}`.trim(), by].join(" | ")), [
      "new | gateway-network | tcp 30169 | services.wiki",
      "new | public-network | location /wiki/ | services.wiki",
      "gone | gateway-network | tcp 30162 | keycloak",
      "gone | public-network | location /keycloak/ | keycloak",
    ]); // prettier-ignore
  });

  it("of a changed route has its first member alone and then the others, and what is only reloaded", () => {
    const turn = (host: string): number =>
      changed.order.find(({ parts }) => parts.some(({ what, hosts }) => what === "gateway" && hosts.includes(host)))?.turn ?? 0; // prettier-ignore
    const turns = ["gateway-1", "gateway-2", "gateway-3"].map(turn);
    assert.ok(turns[0]! > 0 && turns[0]! < turns[1]! && turns[1] === turns[2], turns.join(" "));
    const haproxy = changed.interruptions.filter(({ what }) => what === "haproxy.service");
    assert.deepEqual(haproxy.map(({ kind, isCertain }) => [kind, isCertain]), [["reload", true]]); // prettier-ignore
  });

  it("of a changed secret says that it is another one, and on which hosts", () => {
    const users = changed.hidden.find(({ what }) => what === "protobox.users");
    assert.deepEqual(
      [users?.change, users?.because, [...(users?.hosts ?? [])].sort()],
      ["changed", "secret", ["gateway-4", "gateway-5"]],
    );
  });

  it("holds no secret in any form, though the configuration of the preview does", () => {
    for (const review of [first, changed])
      for (const text of [markdownOf(review, 10_000_000), htmlOf(review), jsonOf(review)])
        for (const secret of [...Object.values(passwords), "s".repeat(64)]) assert.ok(!text.includes(secret), secret);
  });
});
