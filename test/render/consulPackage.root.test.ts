import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openPgpKeys } from "../../box/openPgp.ts";
import { packageList } from "../../host/HostPackages.ts";
import { repositoryText } from "../../host/HostRepository.ts";
import { runtimeText } from "../../host/runtimeText.ts";
import { makeRepository, makeSigningKey, releaseSigningKey, type SigningKey } from "../../lab/aptRepository/index.ts";
import { makeConsulPackage } from "../../lab/consul/package.ts";
import { prepareConsul } from "../../lab/toolchain/index.ts";
import { versions } from "../../lab/toolchain/versions.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";

/** The real apt and dpkg with the package that the lab makes, from a signed repository over HTTP, as an air-gapped site has it. */
describe("render: Consul from a repository", function () {
  // A package of 130 MB is made, fetched and unpacked.
  this.timeout(300_000);
  let directory: string;
  let key: SigningKey;
  let host: Sandbox;
  const at = { address: "10.98.0.2", neighbour: "10.98.0.1" };

  before(async function () {
    // Where Consul is not built yet.
    this.timeout(5_400_000);
    directory = mkdtempSync(path.join(tmpdir(), "gatebox-consul-"));
    key = await makeSigningKey(path.join(directory, "key"), "The lab");
    const program = await prepareConsul((line) => console.log(`      ${line}`));
    const packages = [await makeConsulPackage(path.join(directory, "packages"), program)];
    await makeRepository({ directory: path.join(directory, "web"), suite: "stable", component: "main", packages, key });
    host = await Sandbox.make([{ network: "uplink", ...at }]);
    const { code, stderr } = host.run(`set -eu
      mkdir -p /run/more/upper /run/more/work /run/lists/partial
      mount -t overlay overlay -o lowerdir=/usr,upperdir=/run/more/upper,workdir=/run/more/work /usr
      mount -t tmpfs -o mode=0755 tmpfs /opt
      # No other source can be reached from here.
      rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/*proxy*
      printf 'Acquire::http::Proxy "false";\\nAPT::Sandbox::User "root";\\n' >/etc/apt/apt.conf.d/99-test`);
    assert.equal(code, 0, stderr);
    host.start(
      `${process.execPath} ${path.resolve(import.meta.dirname, "../../lab/aptRepository/serve.ts")} ${directory}/web ${at.neighbour} 80 >/dev/null 2>&1`,
      "uplink",
    );
    await until(() => host.run(`ss -Hltn sport = :80 | grep -q .`, "uplink").code === 0);
  });
  after(async () => {
    await host.remove();
    await releaseSigningKey(key);
    rmSync(directory, { recursive: true });
  });

  /** The runtime, as it is on every host. */
  const runtime = (verb: string, stdin: string) => {
    host.run(`cat >/run/unit.sh <<'END_OF_RUNTIME'\n${runtimeText()}\nEND_OF_RUNTIME`);
    return host.run(`cat >/run/stdin <<'END_OF_STDIN'\n${stdin}END_OF_STDIN\nGATEBOX_GATHER=0 sh /run/unit.sh ${verb} </run/stdin`); // prettier-ignore
  };
  const site = () => ({
    name: "hashicorp",
    url: `http://${at.neighbour}`,
    suite: "stable",
    components: ["main"],
    key: openPgpKeys(key.publicKey),
  });

  it("is installed by apt, signed, with its user, its unit and a place for its data", () => {
    const added = runtime("repository", repositoryText(site(), { box: "protobox", user: "test" }));
    assert.deepEqual([added.code, added.stderr], [0, ""]);
    const list = packageList({ packages: [], fromRepositories: { hashicorp: ["consul"] } });
    const installed = runtime("packages", list);
    assert.equal(installed.code, 0, installed.stderr);
    assert.equal(
      host.run("dpkg-query -W -f '${db:Status-Status} ${Version}' consul").stdout,
      `installed ${versions.consul}-1`,
    );
    assert.equal(host.run("stat -c '%a %U:%G' /opt/consul").stdout, "750 consul:consul");
    assert.equal(host.run("consul version").stdout.split("\n")[0], `Consul v${versions.consul}`);
    assert.match(host.run("apt-cache policy consul").stdout, new RegExp(`http://${at.neighbour} stable/main`));
  });

  it("is served by what serves it to hosts of a lab, and nothing beside it", () => {
    const status = (path: string) => host.run(`curl -s --noproxy '*' --path-as-is -o /dev/null -w '%{http_code}' 'http://${at.neighbour}${path}'`).stdout; // prettier-ignore
    assert.equal(status("/dists/stable/InRelease"), "200");
    for (const path of [
      "/",
      "/dists",
      "/none",
      "/../key/pubring.kbx",
      "/%2e%2e/key/pubring.kbx",
      "/..%2fkey/pubring.kbx",
    ])
      assert.equal(status(path), "404", path);
    assert.equal(status("/%"), "400");
  });

  it("starts with its package's own unit", async () => {
    const command = host.run("sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/consul.service").stdout;
    assert.match(command, /^\/usr\/bin\/consul agent /);
    host.start(`setpriv --reuid consul --regid consul --init-groups ${command.replace("-config-dir=/etc/consul.d", "-data-dir=/opt/consul -bind=127.0.0.1")} -server -bootstrap-expect=1 >/run/consul.log 2>&1`); // prettier-ignore
    await until(() => host.run("curl -s http://127.0.0.1:8500/v1/status/leader").stdout === '"127.0.0.1:8300"');
  });
});
