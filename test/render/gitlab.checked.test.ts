import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { calendarFault } from "../../box/calendar.ts";
import type { Box } from "../../box/index.ts";
import { gitlabAssembly } from "../../render/gitlab/index.ts";
import { ruby, type RubyValue } from "../../render/gitlab/ruby.ts";
import { registry } from "../../render/registry.ts";
import { withTree } from "./checkers.ts";
import { gitlabKeys, gitlabUrls } from "./gitlabKeys.ts";
import { gitlabBox, wholeGitlabBox } from "./sampleGitlab.ts";

const boxes = {
  "the least": gitlabBox(),
  all: wholeGitlabBox(),
  "mail in plain": gitlabBox({ smtp: { address: "192.168.2.9", port: 25, encryption: "none" } }),
};
const filesOf = (box: Box) => gitlabAssembly.files(box, box.hosts["gateway-4"]!, registry);
const gitlabRb = (box: Box): string => filesOf(box).find(({ path }) => path === "gitlab.rb")!.text;

const run = (command: string, args: readonly string[], input = "") =>
  spawnSync(command, args, { encoding: "utf8", timeout: 60_000, input });

/** The real programs on what is written for GitLab, and its settings against those that its documentation names. */
describe("checkers of GitLab's files", () => {
  for (const [name, box] of Object.entries(boxes)) {
    it(`Ruby takes gitlab.rb with ${name}`, () => {
      assert.deepEqual(run("ruby", ["-wc"], gitlabRb(box)).stdout.trim(), "Syntax OK");
    });

    it(`each setting with ${name} is one of GitLab's`, () => {
      const lines = gitlabRb(box).split("\n").filter((line) => line !== "" && !line.startsWith("#")); // prettier-ignore
      assert.ok(lines.length > 15);
      for (const line of lines) {
        const [, program = "", key = ""] = /^([a-z_]+)\['([a-z_]+)'\] = /.exec(line) ?? [];
        const isUrl = gitlabUrls.includes(/^([a-z_]+) '/.exec(line)?.[1] ?? "");
        assert.ok(isUrl || gitlabKeys[program]?.includes(key) === true, line);
      }
    });
  }

  it("Ruby reads every text as it was written, and runs nothing in it", () => {
    const texts = fc.sample(
      fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replace(/\p{Cc}/gu, "")),
      { numRuns: 300, seed: 12 },
    );
    const all = [...texts, "#{abort}", "\\#{abort}", "'; abort; '", "\\'; abort; \\'", "`id`", "\\", "\\\\'"];
    const value: RubyValue = all;
    const answer = run("ruby", ["-Ku", "-rjson", "-e", "puts JSON.generate(eval($stdin.read))"], ruby(value));
    assert.deepEqual(JSON.parse(answer.stdout || "null"), all, answer.stderr);
  });

  it("systemd takes the units, and the drop-in beside the package's own", () => {
    const words = withTree(filesOf(wholeGitlabBox()), (tree) => {
      const units = ["gatebox-gitlab-backup.service", "gatebox-gitlab-backup.timer"].map(
        (one) => `${tree}/systemd/${one}`,
      );
      const dropIn = `${tree}/gitlab-runsvdir.service`;
      const package_ = join(import.meta.dirname, "../../lab/gitlabStandIn/gitlab-runsvdir.service");
      run("sh", ["-c", 'cat "$1" && mkdir -p "$2.d" && cp "$1" "$2" && cp "$3" "$2.d/gatebox.conf"', "sh", package_, dropIn, `${tree}/systemd/gitlab-runsvdir.conf`]); // prettier-ignore
      return run("systemd-analyze", ["verify", "--man=no", ...units, dropIn]).stderr;
    });
    assert.deepEqual(words.split("\n").filter((line) => line.includes("gitlab") && !/not executable|not-found|Failed to (?:create|add)/.test(line)), []); // prettier-ignore
  });
});

describe("checkers of calendar events", () => {
  const part = (least: number, most: number): fc.Arbitrary<string> => {
    const number = fc.integer({ min: least, max: most });
    const range = fc.tuple(number, number).map(([one, other]) => `${Math.min(one, other)}..${Math.max(one, other)}`);
    const step = fc
      .tuple(fc.constantFrom("0", "1", "2..3"), fc.integer({ min: 1, max: most }))
      .map(([from, by]) => `${from}/${by}`);
    return fc.oneof(fc.constant("*"), number.map(String), range, step);
  };
  const days = fc.constantFrom("", "Mon ", "mon,Wednesday ", "Sat..Sun ", "Tue..Wed,Fri ");
  const date = fc.oneof(fc.constant(""), fc.tuple(part(1, 12), part(1, 31)).map(([month, day]) => `*-${month}-${day} `)); // prettier-ignore
  const time = fc.tuple(part(0, 23), part(0, 59)).map(([hour, minute]) => `${hour}:${minute}`);

  it("systemd takes whatever a preview lets pass", () => {
    const made = fc.sample(fc.tuple(days, date, time).map((parts) => parts.join("")), { numRuns: 300, seed: 5 }); // prettier-ignore
    const others = fc.sample(fc.stringMatching(/^[A-Za-z*0-9:.,/ -]{1,16}$/), { numRuns: 2000, seed: 5 });
    const passing = [...made, ...others, "daily", "Weekly", "Sun 03:00", "*-*-1 02:30:15 UTC", "UTC", "00:00"].filter((one) => calendarFault(one) === undefined); // prettier-ignore
    assert.ok(passing.length > 200, `${passing.length}`);
    const { status, stderr } = run("systemd-analyze", ["calendar", ...passing]);
    assert.equal(status, 0, stderr.slice(0, 1000));
  });
});
