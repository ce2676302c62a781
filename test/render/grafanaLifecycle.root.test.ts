import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TreeFile } from "../../render/treeFile.ts";
import { grafanaBox, grafanaSecrets, grafanaTree } from "./sampleGrafana.ts";
import { Sandbox, type Outcome } from "./sandbox/sandbox.ts";

const script = join(import.meta.dirname, "sandbox/grafana-host.sh");
const standIn = join(import.meta.dirname, "sandbox/grafanaStandIn.ts");
const isSecret = ({ path }: TreeFile): boolean => path.startsWith("secrets/");
const base = "http://192.168.2.14:3000/grafana";

/** The lifecycle scripts of Grafana's assembly, with a stand-in for Grafana. */
describe("render: a host with Grafana, of which there is a stand-in", function () {
  this.timeout(120_000);
  let host: Sandbox;
  let home: string;

  const apply = (files = grafanaTree(), steps?: readonly string[]): Outcome => host.apply("grafana", files, steps);
  const fine = ({ code, stderr }: Outcome): void => assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const refused = (pattern: RegExp, files = grafanaTree()): void => {
    const { code, stderr } = apply(files, ["check"]);
    assert.equal(code, 1);
    assert.match(stderr, pattern);
  };
  const pid = (): string => host.run("cat /run/supervise/grafana-server.service.main").stdout;
  const statusAs = (password: string): string => {
    host.run(`printf '%s' 'user = "admin:${password.replace(/[\\"]/g, "\\$&")}"' >/run/as`);
    return host.run(`curl -s -m 5 -o /dev/null -w '%{http_code}' -K /run/as ${base}/api/user`).stdout;
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "gatebox-grafana-"));
    chmodSync(home, 0o755);
    mkdirSync(join(home, "bin"));
    copyFileSync(join(import.meta.dirname, "sandbox/grafana-program.sh"), join(home, "bin/grafana"));
    chmodSync(join(home, "bin/grafana"), 0o755);
    symlinkSync(process.execPath, join(home, "bin/node"));
    symlinkSync(standIn, join(home, "bin/standIn.ts"));
    host = await Sandbox.make([{ network: "gateway-network", address: "192.168.2.14", neighbour: "192.168.2.15" }]);
  });
  after(async () => {
    await host.remove();
    rmSync(home, { recursive: true });
  });

  it("is refused without its program", () => {
    refused(/^\/usr\/share\/grafana\/bin\/grafana is not on this host, though the package grafana is/);
    fine(host.run(`sh ${script} ${home}`));
  });

  it("does not start before its secrets are there", () => {
    const { code, stdout } = apply(grafanaTree().filter((file) => !isSecret(file)));
    assert.deepEqual([code, stdout], [0, "Grafana starts when its secrets are here"]);
    assert.equal(host.run("ss -Hltn sport = :3000").stdout, "");
  });

  it("starts with them, and lets admin in with the password of the stack alone", () => {
    fine(apply());
    assert.deepEqual([statusAs(grafanaSecrets.adminPassword), statusAs("admin")], ["200", "401"]);
    assert.equal(host.run("curl -s -m 5 -o /dev/null http://127.0.0.1:3000/").code, 7, "it listens on one address");
    assert.equal(host.run("stat -c '%a %U:%G' /run/gatebox-grafana/secrets /run/gatebox-grafana/secrets/*").stdout, "750 root:grafana\n640 root:grafana\n640 root:grafana"); // prettier-ignore
    assert.equal(host.run("runuser -u nobody -- cat /run/gatebox-grafana/secrets/admin-password").code, 1);
  });

  it("restarts nothing for the same, and for other dashboards", () => {
    const first = pid();
    fine(apply());
    const other = grafanaBox({}, { natGateways: [], virtualIps: {} });
    fine(apply(grafanaTree(other)));
    assert.equal(pid(), first);
  });

  it("takes another password without a restart, and nobody sees it", async () => {
    const first = pid();
    const adminPassword = 'another "one" \\ of #12;';
    const watching = host.start("sh -c 'until [ -e /run/enough ]; do ps -eo args; done >/run/seen'");
    fine(apply(grafanaTree(grafanaBox(), { ...grafanaSecrets, adminPassword })));
    // What follows asks with the password itself.
    host.run("touch /run/enough");
    await once(watching, "exit");
    assert.deepEqual([statusAs(adminPassword), statusAs(grafanaSecrets.adminPassword)], ["200", "401"]);
    assert.equal(pid(), first);
    assert.match(host.run("grep -m 1 reset-admin-password /run/seen").stdout, /password-from-stdin/);
    assert.equal(host.run("grep -F another /run/seen").stdout, "");
    fine(apply());
    assert.equal(statusAs(grafanaSecrets.adminPassword), "200");
  });

  it("is started again for another configuration, data source or key", () => {
    for (const changed of [
      "grafana/grafana.ini",
      "grafana/provisioning/datasources/gatebox.yaml",
      "secrets/secret-key",
    ]) {
      fine(apply());
      const first = pid();
      const comment = changed.startsWith("secrets") ? "x" : changed.endsWith("ini") ? "; a change\n" : "# a change\n";
      fine(apply(grafanaTree().map((file) => (file.path === changed ? { ...file, text: file.text + comment } : file))));
      assert.notEqual(pid(), first, changed);
    }
    fine(apply());
  });

  it("fails where Grafana leaves a dashboard or a data source out", function () {
    const cut = grafanaTree().map((file) => file.path.endsWith("gatebox-nat.json") ? { ...file, text: file.text.slice(0, -9) } : file); // prettier-ignore
    const { code, stderr } = apply(cut);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Grafana has not taken the dashboard gatebox-nat: journalctl -u grafana-server\.service says why/,
    );
    fine(apply());
  });

  it("is refused where its database is of a later version, and not of the same or an earlier one", () => {
    assert.equal(host.run("cat /var/lib/grafana/gatebox-version").stdout, "10.4");
    host.run("echo 9.5.1 >/run/grafana-version");
    refused(/^\/var\/lib\/grafana\/grafana\.db is of Grafana 10\.4, and the package grafana is 9\.5, which cannot read it for sure: install 10\.4 or later/); // prettier-ignore
    for (const one of ["10.4.0", "10.10.0", "11.0.0"]) {
      host.run(`echo ${one} >/run/grafana-version`);
      fine(apply(grafanaTree(), ["check"]));
    }
    host.run("rm /run/grafana-version");
  });

  it("is refused where its database would be on a file system of the network", () => {
    host.run("echo 'echo nfs4' >/run/findmnt && chmod +x /run/findmnt && mount --bind /run/findmnt /usr/bin/findmnt");
    refused(/^\/var\/lib\/grafana, where Grafana keeps its database, is on a file system of kind nfs4: SQLite takes a local disk only/); // prettier-ignore
    fine(host.run("umount /usr/bin/findmnt"));
  });

  it("is refused where its port is taken, and where the host has not its address", () => {
    host.squat(3100);
    refused(/^192\.168\.2\.14:3100, where Grafana is to listen, is already taken: .*socat/, grafanaTree(grafanaBox({ port: 3100 }, { tools: undefined }))); // prettier-ignore
    const other = grafanaTree().map((file) => file.path === "lifecycle/settings" ? { ...file, text: file.text.replace("192.168.2.14", "192.168.2.99") } : file); // prettier-ignore
    refused(
      /^this host does not have the address 192\.168\.2\.99, on which grafana-server\.service is to listen/,
      other,
    );
  });

  it("stops when it is removed, and keeps what it knows", () => {
    const { code, stdout } = apply(grafanaTree(), ["deactivate"]);
    assert.deepEqual([code, stdout], [0, "what Grafana knows stays in /var/lib/grafana"]);
    assert.equal(host.run("ss -Hltn sport = :3000").stdout, "");
    assert.equal(host.run("ls -d /run/gatebox-grafana /run/gatebox/grafana").code, 2);
  });
});
