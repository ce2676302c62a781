import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitlabStandIn } from "../../lab/gitlabStandIn/index.ts";
import { gitlabAssembly, gitlabSecretFiles } from "../../render/gitlab/index.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { gitlabBox, registryOfGitlab, sampleGitlab } from "./sampleGitlab.ts";
import { Sandbox, type Outcome } from "./sandbox/sandbox.ts";

const network = "gateway-network";
const url = "http://192.168.2.14:8181";
const volume = "/var/shared";
const data = `${volume}/gitlab/data`;
const secret = "Tr0ub4dor-and-3";
const mailSecret = "a b'c\"d\\e$(id)";

/**
 * The lifecycle scripts with a package that is a stand-in for GitLab's (lab/gitlabStandIn), which cannot be had here: installed by dpkg,
 * its gitlab.rb read by the real Ruby. Of systemd, too, there is a stand-in.
 */
describe("render: a GitLab at work, up to its package's edge", function () {
  this.timeout(120_000);
  let host: Sandbox;
  let directory: string;

  const smtp = { address: "mail.site", username: "git" };
  const shared = { "sharedVolumes.shared": { kind: "nfs", server: "192.168.2.200", export: "/srv/shared", mountPoint: volume, clients: ["gitlab-pool"] } }; // prettier-ignore

  function tree(changes: object = {}, secrets?: Parameters<typeof gitlabSecretFiles>[1], others = {}): TreeFile[] {
    const box = gitlabBox({ ...sampleGitlab, data, ...changes }, { ...shared, ...others });
    const files = gitlabAssembly.files(box, box.hosts["gateway-4"]!, registry);
    // Nobody waits for ten minutes here.
    const quick = files.map((file) => file.path === "lifecycle/settings" ? { ...file, text: file.text.replace("ready_seconds='600'", "ready_seconds='8'") } : file); // prettier-ignore
    return [...quick, ...(secrets === undefined ? [] : gitlabSecretFiles(box.gitlab!, secrets))];
  }

  const apply = (files: readonly TreeFile[], steps?: readonly string[]): Outcome => host.apply("gitlab", files, steps);
  const fine = (outcome: Outcome): void => assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }); // prettier-ignore
  const status = (path: string, where?: string): string => host.run(`curl -s -m 5 -o /dev/null -w '%{http_code}' '${path.startsWith("http") ? path : url + path}'`, where).stdout; // prettier-ignore
  const calls = (): string[] => host.run("cat /var/log/gitlab-stand-in.calls 2>/dev/null").stdout.split("\n").filter(Boolean); // prettier-ignore
  const value = (...way: string[]): string => host.run(`ruby /opt/gitlab/stand-in/value.rb ${way.join(" ")}`).stdout;
  const modeOf = (path: string): string => host.run(`stat -L -c '%a %U' ${path}`).stdout;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "gatebox-gitlab-"));
    const deb = await gitlabStandIn(directory);
    host = await Sandbox.make([{ network, address: "192.168.2.14", neighbour: "192.168.2.1" }]);
    // Where packages put things that the sandbox does not keep to itself.
    const units = "/usr/lib/systemd/system";
    const made = host.run(`set -e; mkdir -p /opt && mount -t tmpfs tmpfs /opt
      mkdir -p /run/.kept/units/upper /run/.kept/units/work
      mount -t overlay overlay -o lowerdir=${units},upperdir=/run/.kept/units/upper,workdir=/run/.kept/units/work ${units}
      dpkg -i ${deb} >/dev/null; mkdir -p ${volume}; mount -t tmpfs tmpfs ${volume}`);
    fine(made);
  });
  after(async () => {
    await host.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it("is not configured before its secrets are there, and then is, once", () => {
    const waiting = apply(tree());
    fine(waiting);
    assert.equal(waiting.stdout, "GitLab is configured when its secrets are there");
    assert.deepEqual([calls(), status("/gitlab/-/readiness")], [[], "000"]);
    fine(apply(tree({}, { rootPassword: secret })));
    assert.deepEqual([calls(), status("/gitlab/-/readiness")], [["reconfigure"], "200"]);
    assert.equal(status("/gitlab/-/readiness", network), "404", "health is told to the host alone");
    assert.deepEqual(
      [
        value("external_url"),
        value("gitlab_rails", "initial_root_password"),
        value("gitlab_rails", "backup_keep_time"),
      ],
      ["https://git.protobox/gitlab", secret, "604800"],
    );
    assert.equal(host.run(`test -d ${data}/repositories`).code, 0);
  });

  it("is configured again for what gitlab.rb says, and for nothing else", () => {
    const same = calls().length;
    fine(apply(tree({}, { rootPassword: secret })));
    fine(apply(tree({ backup: { schedule: "daily" } }, { rootPassword: secret })));
    assert.equal(calls().length, same, "another time of the backup is the timer's");
    assert.match(host.run("tail -n 3 /run/systemctl.log").stdout, /restart gatebox-gitlab-backup\.timer/);
    fine(apply(tree({ backup: { keepDays: 3 } }, { rootPassword: secret })));
    assert.deepEqual([calls().length, value("gitlab_rails", "backup_keep_time")], [same + 1, "259200"]);
    // What a boot takes away is not what it is known by.
    host.run("rm -rf /run/gatebox");
    fine(apply(tree({ backup: { keepDays: 3 } }, { rootPassword: secret })));
    assert.equal(calls().length, same + 1);
    fine(apply(tree({}, { rootPassword: secret })));
  });

  it("goes on as it was until a further secret is there, which is taken as it is", () => {
    const before = calls().length;
    const waiting = tree({ smtp }, { rootPassword: secret, smtpPassword: mailSecret }).filter(({ path }) => path !== "secrets/smtp-password"); // prettier-ignore
    fine(apply(waiting));
    assert.deepEqual([calls().length, value("gitlab_rails", "smtp_enable")], [before, ""]);
    fine(apply(tree({ smtp }, { rootPassword: secret, smtpPassword: mailSecret })));
    assert.deepEqual([calls().length, value("gitlab_rails", "smtp_password")], [before + 1, mailSecret]);
    // Another password is another configuration.
    fine(apply(tree({ smtp }, { rootPassword: secret, smtpPassword: "other" })));
    assert.deepEqual([calls().length, value("gitlab_rails", "smtp_password")], [before + 2, "other"]);
    // With nobody to read it, it goes.
    fine(apply(tree({}, { rootPassword: secret })));
    assert.equal(host.run("ls /etc/gitlab/gatebox").stdout, "root-password");
  });

  it("says why it cannot be configured, without its secrets, and goes back", () => {
    fine(apply(tree({}, { rootPassword: secret })));
    const failing = tree({ smtp }, { rootPassword: secret, smtpPassword: mailSecret });
    host.run(`printf '%s\\n' 'FATAL: chef client failed. 1 resources updated' '  password: ${secret}' 'There was an error running gitlab-ctl reconfigure' >/run/gitlab-stand-in.fails`); // prettier-ignore
    const { code, stderr } = apply(failing, ["check", "activate"]);
    host.run("rm /run/gitlab-stand-in.fails");
    assert.deepEqual([code, stderr.split("\n")], [1, [
      "FATAL: chef client failed. 1 resources updated",
      "(a line that holds a secret)",
      "There was an error running gitlab-ctl reconfigure",
      "gitlab-ctl reconfigure failed",
    ]]); // prettier-ignore
    // The runtime makes the tree before it live again, here one that waits for the secret.
    fine(apply(failing.filter(({ path }) => path !== "secrets/smtp-password"), ["activate", "probe"])); // prettier-ignore
    assert.deepEqual([value("gitlab_rails", "smtp_enable"), status("/gitlab/-/readiness")], ["", "200"]);
    const settled = calls().length;
    fine(apply(tree({}, { rootPassword: secret })));
    assert.equal(calls().length, settled, "that is what it went back to");
  });

  it("is not there before it says that it is ready, and says what is not", () => {
    host.run("touch /run/gitlab-stand-in.sick");
    const { code, stderr } = apply(tree({}, { rootPassword: secret }));
    assert.equal(code, 1);
    assert.equal(stderr, `GitLab is not ready: ${url}/gitlab/-/readiness?all=1 answers 503, {"status":"failed","gitaly_check":[{"status":"failed"}]}`); // prettier-ignore
    host.run("rm /run/gitlab-stand-in.sick");
    fine(apply(tree({}, { rootPassword: secret })));
  });

  it("has its registry ask for a password", () => {
    fine(apply(tree({ registry: true }, { rootPassword: secret }, registryOfGitlab)));
    assert.equal(status("http://192.168.2.14:5050/v2/", network), "401");
    fine(apply(tree({}, { rootPassword: secret })));
    assert.equal(status("http://192.168.2.14:5050/v2/"), "000");
  });

  it("keeps secrets in files that root alone may read, and off every command line and environment", async () => {
    host.run("mkdir -p /run/seen");
    const watch = host.start("sh -c 'until [ -e /run/seen/stop ]; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr \"\\000\" \"\\n\"; done >/run/seen/all'"); // prettier-ignore
    const ended = once(watch, "exit");
    fine(apply(tree({ smtp }, { rootPassword: secret, smtpPassword: "m41l-s3cret" })));
    host.run("touch /run/seen/stop");
    await ended;
    assert.equal(host.run("grep -c gitlab-ctl /run/seen/all").code, 0, "the watch sees what runs");
    assert.equal(host.run(`grep -cF -e '${secret}' -e m41l-s3cret /run/seen/all`).stdout, "0");
    host.run("rm -rf /run/seen");
    const holders = host.run(`grep -rlF -e '${secret}' -e m41l-s3cret /etc/gitlab /etc/gatebox/ /var/opt /var/lib/gatebox /var/log/gitlab* /tmp/tmp.* 2>/dev/null`).stdout.split("\n"); // prettier-ignore
    assert.ok(holders.includes("/etc/gitlab/gatebox/root-password"), holders.join());
    for (const holder of holders) assert.equal(modeOf(holder), "600 root", holder);
    assert.deepEqual(["/etc/gitlab/gitlab.rb", "/etc/gitlab/gatebox", "/var/opt/gitlab/gatebox"].map(modeOf), [
      "600 root",
      "700 root",
      "700 root",
    ]);
    assert.equal(host.run(`grep -cF '${secret}' /etc/gitlab/gitlab.rb`).stdout, "0");
  });

  it("is refused where its port or its volume is not to be had, where somebody configures it by hand, and by Ruby", () => {
    const says = (files: readonly TreeFile[], pattern: RegExp): void => assert.match(apply(files, ["check"]).stderr, pattern); // prettier-ignore
    const squatter = host.squat(8999);
    says(tree({ port: 8999 }), /192\.168\.2\.14:8999, where GitLab is to listen, is already taken/);
    squatter.kill();
    // The ports of its own programs are looked at while it does not run.
    const other = host.squat(8080);
    fine(apply(tree(), ["check"]));
    host.run("systemctl stop gitlab-runsvdir.service");
    says(tree(), /^127\.0\.0\.1:8080, where GitLab's programs listen for each other, is already taken: .*socat/);
    other.kill();
    host.run("systemctl start gitlab-runsvdir.service");
    host.run(`umount ${volume}`);
    says(tree(), /is to be on the volume at \/var\/shared, which is not mounted: see to the volume first/);
    assert.equal(host.run("sh /etc/gatebox/gitlab/scripts/mounted.sh").code, 1);
    host.run(`mount -t tmpfs tmpfs ${volume}`);
    assert.equal(host.run("sh /etc/gatebox/gitlab/scripts/mounted.sh").code, 0);
    const broken = tree().map((file) => (file.path === "gitlab.rb" ? { ...file, text: "external_url 'x\n" } : file));
    says(broken, /gitlab\.rb cannot be read by Ruby: [^]*unterminated string/);
    host.run(
      "cp /etc/gitlab/gitlab.rb /run/kept.rb && echo \"gitlab_rails['time_zone'] = 'UTC'\" >/etc/gitlab/gitlab.rb",
    );
    says(tree(), /\/etc\/gitlab\/gitlab\.rb is somebody's own configuration: move it away/);
    // What the package puts there is nobody's.
    host.run("cp /opt/gitlab/etc/gitlab.rb.template /etc/gitlab/gitlab.rb");
    fine(apply(tree(), ["check"]));
    host.run("cp /run/kept.rb /etc/gitlab/gitlab.rb");
  });

  it("backs up its data and its configuration, with the keys of the former", () => {
    fine(apply(tree({}, { rootPassword: secret })));
    fine(host.run("sh /etc/gatebox/gitlab/scripts/backup.sh"));
    assert.equal(host.run(`ls ${data}/backups`).stdout, "1_gitlab_backup.tar");
    const listed = host.run(`tar -tf ${data}/config-backups/gitlab_config_1.tar`).stdout.split("\n");
    for (const one of ["gitlab.rb", "gitlab-secrets.json", "gatebox/root-password"])
      assert.ok(listed.includes(`etc/gitlab/${one}`), one);
    host.run(`umount ${volume}`);
    assert.equal(
      host.run("sh /etc/gatebox/gitlab/scripts/backup.sh").code,
      1,
      "not to a disk that hides behind the volume",
    );
    host.run(`mount -t tmpfs tmpfs ${volume} && mkdir -p ${data}/backups && touch ${data}/backups/old`);
  });

  it("stops when it is removed; data and the keys to it stay, and secrets go", () => {
    const removed = apply(tree({}, { rootPassword: secret }), ["deactivate"]);
    fine(removed);
    assert.deepEqual(removed.stdout.split("\n"), [
      `GitLab's data stays in ${data}`,
      "GitLab's data stays in /var/opt/gitlab",
      "the keys that it is encrypted with stay in /etc/gitlab/gitlab-secrets.json",
    ]);
    assert.equal(status("/gitlab/-/readiness"), "000");
    assert.equal(host.run("ls /etc/gitlab").stdout, "gitlab-secrets.json");
    assert.equal(host.run(`test -f ${data}/backups/old`).code, 0);
  });
});
