import assert from "node:assert/strict";
import { join } from "node:path";
import { gitlabRunnerAssembly, runnerTokenFile } from "../../render/gitlabRunner/index.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { gitlabBox } from "./sampleGitlab.ts";
import { Sandbox, type Outcome } from "./sandbox/sandbox.ts";

const token = "glrt-AbCdEfGhIjKlMnOpQrSt";
const config = "/etc/gitlab-runner/config.toml";

/** The lifecycle scripts with a stand-in of gitlab-runner (lab/gitlabStandIn), and of systemd. */
describe("render: a runner of GitLab's at work, up to its package's edge", function () {
  this.timeout(120_000);
  let host: Sandbox;

  function tree(given: string | undefined, changes: object = {}): TreeFile[] {
    const box = gitlabBox({ runners: { pool: "runners-pool", ...changes } });
    const files = gitlabRunnerAssembly.files(box, box.hosts["search-1"]!, registry);
    return [...files, ...(given === undefined ? [] : [{ ...runnerTokenFile, text: `${given}\n` }])];
  }

  const apply = (files: readonly TreeFile[], steps?: readonly string[]): Outcome => host.apply("gitlab-runner", files, steps); // prettier-ignore
  const fine = (outcome: Outcome): void => assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: "" }); // prettier-ignore

  before(async () => {
    host = await Sandbox.make([]);
    const standIn = join(import.meta.dirname, "../../lab/gitlabStandIn");
    // Where programs stand that the sandbox does not keep to itself.
    const places = ["/usr/lib/systemd/system", "/usr/local/bin"].map((place, index) => `
      mkdir -p /run/.kept/${index}/upper /run/.kept/${index}/work
      mount -t overlay overlay -o lowerdir=${place},upperdir=/run/.kept/${index}/upper,workdir=/run/.kept/${index}/work ${place}`); // prettier-ignore
    fine(
      host.run(`set -e; ${places.join("\n")}
      install -m 0755 ${standIn}/gitlab-runner.sh /usr/local/bin/gitlab-runner
      ln -sf /bin/true /usr/local/bin/docker
      install -m 0644 ${standIn}/gitlab-runner.service /usr/lib/systemd/system/
      printf '%s\\n' '${token}' >/run/gitlab-stand-in.token`),
    );
  });
  after(() => host.remove());

  it("is not told of GitLab before its token is there, and then is, in a file that root alone may read", () => {
    const waiting = apply(tree(undefined));
    fine(waiting);
    assert.equal(waiting.stdout, "the runner is told of GitLab when its token is there");
    assert.equal(host.run(`ls ${config}`).code, 2);
    fine(apply(tree(token)));
    assert.equal(host.run(`stat -c '%a %U' ${config}`).stdout, "600 root");
    assert.equal(host.run(`sed -n 's/^  token = //p' ${config}`).stdout, `"${token}"`);
    const seen = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'";
    assert.equal(host.run(`${seen} | grep -cF -f /run/gitlab-stand-in.token`).stdout, "0");
    assert.notEqual(host.run(`${seen} | grep -cF config.toml`).stdout, "0", "what runs is seen");
  });

  it("takes another configuration without a restart, so that jobs go on", () => {
    const daemon = (): string => host.run("cat /run/supervise/gitlab-runner.service.main").stdout;
    const before = daemon();
    fine(apply(tree(token, { concurrent: 5 })));
    assert.equal(host.run(`grep ^concurrent ${config}`).stdout, "concurrent = 5");
    assert.equal(daemon(), before);
  });

  it("fails where GitLab does not know it, in the runner's words and without its token", () => {
    const other = "glrt-00000000000000000000";
    const quick = tree(other).map((file) => (file.path === "lifecycle/probe" ? { ...file, text: file.text.replace("try_within 30", "try_within 1") } : file)); // prettier-ignore
    const { code, stderr } = apply(quick);
    assert.deepEqual([code, stderr], [1, "GitLab does not know this runner: FATAL: Failed to verify runners"]);
    fine(apply(tree(token)));
  });

  it("leaves runners of somebody's own alone, and goes when it is removed", () => {
    fine(apply(tree(token), ["deactivate"]));
    assert.equal(host.run(`ls ${config}`).code, 2);
    host.run(`printf '[[runners]]\\n  token = "theirs"\\n' >${config}`);
    assert.match(apply(tree(token), ["check"]).stderr, /config\.toml has runners of somebody's own: move it away/);
    fine(apply(tree(token), ["deactivate"]));
    assert.equal(host.run(`grep -c theirs ${config}`).stdout, "1");
  });
});
