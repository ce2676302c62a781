import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { limits } from "../../../cli/limits.ts";
import { servingQuestion } from "../../../cli/status/question.ts";
import { parseServing } from "../../../cli/status/serving.ts";

/** A network namespace of its own, whose one cable ends at nobody: no packet leaves it. */
const swallowing =
  "ip link add away type veth peer name nobody && ip address add 198.18.0.1/24 dev away && ip link set away up && ip link set nobody up && exec perl -";

describe("what gatebox status asks a host whose packets are swallowed", function () {
  this.timeout(60_000);
  const root = mkdtempSync(path.join(tmpdir(), "gatebox-swallowed-"));
  after(() => rmSync(root, { recursive: true }));

  /** Asks about so many upstreams of 25 members each. */
  function ask(upstreams: number) {
    const folder = path.join(root, `upstreams-${upstreams}`);
    mkdirSync(folder);
    for (let route = 0; route < upstreams; route += 1) {
      const members = Array.from(
        { length: 25 },
        (_, index) => `server 198.18.0.${index + 2}:${3000 + route} backup;\n`,
      );
      writeFileSync(path.join(folder, `${route}.conf`), `upstream route-${route} {\n${members.join("")}}\n`);
    }
    const began = performance.now();
    const { stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", swallowing], {
      input: `${servingQuestion.script}__END__\nnginx webserver /upstreams-${upstreams}\n`,
      env: { PATH: process.env["PATH"], GATEBOX_ROOT: root },
      encoding: "utf8",
    });
    const seconds = (performance.now() - began) / 1000;
    assert.equal(stderr, "");
    const facts = parseServing(stdout);
    assert.ok(facts?.whole, stdout);
    assert.ok(seconds < limits.answerSeconds, `${seconds.toFixed(1)} s`);
    return facts;
  }

  it("is that no member can be reached", () => {
    const { routes, unknown } = ask(1);
    assert.deepEqual([routes, unknown], [[{ assembly: "webserver", name: "route-0", up: 0, of: 25 }], []]);
  });

  it("is told in time, however many there are, and what was not tried is said to be unknown", () => {
    const { routes, unknown } = ask(40);
    assert.equal(routes.length + unknown.length, 40);
    assert.ok(unknown.length > 0);
  });
});
