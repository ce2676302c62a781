import assert from "node:assert/strict";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"; // prettier-ignore
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import type { AptRepository } from "../../box/index.ts";
import { openPgpKeys } from "../../box/openPgp.ts";
import { packageList } from "../../host/HostPackages.ts";
import { repositoryText } from "../../host/HostRepository.ts";
import { makePackage, makeRepository, makeSigningKey, releaseSigningKey, type SigningKey } from "../../lab/aptRepository/index.ts"; // prettier-ignore
import { SandboxHost } from "./sandboxHost.ts";

// apt, gpgv and dpkg are the real ones, in directories of the test's own; the repository is signed and comes over HTTP.
describe("repositories of packages", () => {
  let directory: string;
  let web: Server;
  let keys: { readonly own: SigningKey; readonly other: SigningKey };
  let host: SandboxHost;
  const asked: string[] = [];

  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "gatebox-apt-"));
    keys = {
      own: await makeSigningKey(path.join(directory, "own"), "The lab"),
      other: await makeSigningKey(path.join(directory, "other"), "Somebody"),
    };
    await publish("site", [["tool", "1.0"], ["tool", "1.2"]], keys.own); // prettier-ignore
    // The distribution's own: it has a newer one by the same name.
    await publish("distribution", [["tool", "9.9"], ["shared", "1.0"]], keys.own); // prettier-ignore
    await publish("foreign", [["tool", "6.6"]], keys.other);
    web = createServer((request, response) => {
      const file = path.join(directory, "web", request.url ?? "");
      asked.push(request.url ?? "");
      if (!existsSync(file) || statSync(file).isDirectory()) response.writeHead(404).end();
      else createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    web.close();
    for (const key of Object.values(keys)) await releaseSigningKey(key);
    rmSync(directory, { recursive: true });
  });

  async function publish(name: string, packages: readonly (readonly [string, string])[], key: SigningKey) {
    const made: string[] = [];
    for (const [one, version] of packages) {
      const files = [{ place: `/opt/${one}`, mode: 0o644, text: `${one} ${version} of ${name}\n` }];
      made.push(await makePackage(path.join(directory, "packages", name), { name: one, version, description: "made for a test", files })); // prettier-ignore
    }
    const place = path.join(directory, "web", name);
    await makeRepository({ directory: place, suite: "stable", component: "main", packages: made, key });
  }

  const url = (name: string): string => `http://127.0.0.1:${(web.address() as AddressInfo).port}/${name}`;
  const site = (changes: Partial<AptRepository> = {}): AptRepository => ({
    name: "site",
    url: url("site"),
    suite: "stable",
    components: ["main"],
    key: openPgpKeys(keys.own.publicKey),
    ...changes,
  });
  const by = { box: "protobox", user: "consul-gateway-4-site" };
  const add = (repository: AptRepository, who = by) => host.run(["repository"], repositoryText(repository, who));
  const remove = (repository: AptRepository, who = by) =>
    host.run(["remove-repository"], repositoryText(repository, who));
  const source = () => host.path("etc/apt/sources.list.d/gatebox-site.sources");
  const keyring = () => host.path("etc/apt/keyrings/gatebox-site.asc");
  const places = (): string[] =>
    ["etc/apt/sources.list.d", "etc/apt/keyrings", "var/lib/gatebox/repositories"].flatMap((place) =>
      existsSync(host.path(place)) ? (readdirSync(host.path(place), { recursive: true }) as string[]) : [],
    );

  beforeEach(() => {
    host = new SandboxHost();
    for (const place of [
      "etc/apt/sources.list.d",
      "etc/apt/keyrings",
      "etc/apt/preferences.d",
      "var/lib/dpkg/updates",
      "var/lib/dpkg/info",
      "var/cache/apt/archives/partial",
      "var/lib/apt/lists/partial",
      "var/log/apt",
      "opt",
    ])
      // prettier-ignore
      mkdirSync(host.path(place), { recursive: true });
    writeFileSync(host.path("var/lib/dpkg/status"), "");
    writeFileSync(host.path("apt.conf"), `Dir "${host.root}";\nDir::State::status "${host.path("var/lib/dpkg/status")}";\nDir::Bin::methods "/usr/lib/apt/methods";\nDir::Bin::dpkg "/usr/bin/dpkg";\nAPT::Sandbox::User "root";\nDPkg::Options {"--root=${host.root}"; "--log=/dev/null";}\nAcquire::Retries "0";\n`); // prettier-ignore
    host.env["APT_CONFIG"] = host.path("apt.conf");
    host.tool("dpkg-query", `exec /usr/bin/dpkg-query --admindir='${host.path("var/lib/dpkg")}' "$@"`);
    host.tool("dpkg", `exec /usr/bin/dpkg --root='${host.root}' "$@"`);
  });
  afterEach(() => host.delete());

  const wanted = packageList({ packages: [], fromRepositories: { site: ["tool"] } });

  it("are added with the one key that counts for them, and packages come from there and nowhere else", async () => {
    const distribution = `deb [signed-by=${path.join(directory, "distribution.asc")}] ${url("distribution")} stable main\n`;
    writeFileSync(path.join(directory, "distribution.asc"), keys.own.publicKey);
    writeFileSync(host.path("etc/apt/sources.list"), distribution);
    assert.deepEqual(await add(site()), { code: 0, signal: null, stdout: "added\n", stderr: "" });
    assert.match(readFileSync(source(), "utf8"), new RegExp(`^Signed-By: ${keyring()}$`, "m"));
    assert.equal(statSync(keyring()).mode & 0o777, 0o644);
    // The newest of the site's, though the distribution has a newer one; and what is the distribution's from there.
    const list = packageList({ packages: ["shared"], fromRepositories: { site: ["tool"] } });
    assert.deepEqual(await host.run(["packages"], list), { code: 0, signal: null, stdout: "installed\n", stderr: "" });
    assert.equal(readFileSync(host.path("opt/tool"), "utf8"), "tool 1.2 of site\n");
    assert.equal(readFileSync(host.path("opt/shared"), "utf8"), "shared 1.0 of distribution\n");
    asked.length = 0;
    assert.equal((await host.run(["packages"], list)).stdout, "already installed\n");
    assert.equal((await add(site())).stdout, "already there\n");
    assert.deepEqual(asked, [], "a second time asks nobody");
  });

  it("that lack a package are named with it", async () => {
    await add(site());
    const list = packageList({ packages: [], fromRepositories: { site: ["consul"] } });
    const { code, stderr } = await host.run(["packages"], list);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^gatebox: ${hostname()}: the repository site \\(${url("site")} stable\\) has no package consul for \\w+: look for its name`)); // prettier-ignore
  });

  it("signed with another key are refused in apt's words, and nothing of them stays", async () => {
    const { code, stderr } = await add(site({ url: url("foreign") }));
    assert.equal(code, 1);
    assert.match(
      stderr,
      /apt does not take the repository site \(http.*\/foreign stable\)\n[^]*(NO_PUBKEY|not signed)/,
    );
    assert.deepEqual(places(), []);
  });

  it("that are nowhere leave the former ones in place", async () => {
    await add(site());
    const former = [readFileSync(source(), "utf8"), readFileSync(keyring(), "utf8")];
    assert.match((await add(site({ url: url("nowhere") }))).stderr, /apt does not take the repository site[^]*404/);
    assert.deepEqual([readFileSync(source(), "utf8"), readFileSync(keyring(), "utf8")], former);
    assert.equal((await host.run(["packages"], wanted)).stdout, "installed\n");
  });

  it("that the host has with another key are refused: apt would read none at all then", async () => {
    writeFileSync(path.join(directory, "operator.asc"), keys.own.publicKey);
    const operators = `deb [signed-by=${path.join(directory, "operator.asc")}] ${url("site")} stable main\n`;
    writeFileSync(host.path("etc/apt/sources.list.d/operator.list"), operators);
    const { code, stderr } = await add(site());
    assert.equal(code, 1);
    assert.match(stderr, /Conflicting values set for option Signed-By/);
    assert.deepEqual(places(), ["operator.list"]);
  });

  it("go with the last who names them, source and key", async () => {
    const other = { ...by, user: "grafana-gateway-4-site" };
    await add(site());
    await add(site(), other);
    assert.equal((await remove(site())).stdout, "kept: others name it\n");
    assert.ok(existsSync(source()) && existsSync(keyring()));
    assert.equal((await host.run(["uninstall"])).code, 0);
    assert.ok(
      existsSync(host.path("var/lib/gatebox/repositories/site")),
      "the runtime stays with what it has to remove",
    );
    assert.equal((await remove(site(), other)).stdout, "removed\n");
    assert.deepEqual(places(), []);
    assert.equal((await remove(site(), other)).code, 0);
  });

  it("of two boxes are the same by one name, or refused", async () => {
    await add(site());
    assert.equal((await add(site(), { ...by, box: "annex" })).stdout, "already there\n");
    const { code, stderr } = await add(site({ suite: "testing" }), { ...by, box: "third" });
    assert.equal(code, 1);
    assert.match(stderr, /the box \w+ has declared the repository site otherwise on this host/);
    assert.match(readFileSync(source(), "utf8"), /^Suites: stable$/m);
  });

  it("in a text that was cut short, or with a line that is none, are refused", async () => {
    const text = repositoryText(site(), by);
    for (const broken of [
      text.replace("end\n", ""),
      text.replace("suite stable", "suite a;b"),
      text.replace("url http", "url file"),
      text.replace("name site", "name ../x"),
    ]) {
      // prettier-ignore
      const { code, stderr } = await host.run(["repository"], broken);
      assert.equal(code, 1, broken);
      assert.match(stderr, /the repository is refused: /);
    }
    assert.deepEqual(places(), []);
  });
});
