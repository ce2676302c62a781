import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { payload } from "../../host/payload.ts";
import type { Unit } from "../../host/payload.ts";

const parserSource = new URL("../../host/runtime/payload.sh", import.meta.url);

/** Has the host's own parser take a payload apart, in a process without anything else of the runtime. */
class HostParser {
  readonly directory = mkdtempSync(join(tmpdir(), "host-parser-"));

  parse(text: string) {
    const request = join(this.directory, "request");
    rmSync(request, { recursive: true, force: true });
    mkdirSync(request);
    writeFileSync(join(request, "payload"), text);
    const script = `. "$1"; request=$2; cd "$2" && payload_index payload >index && sed 1d index | sort >list && extract_files`;
    const result = spawnSync("sh", ["-c", script, "sh", parserSource.pathname, request], { encoding: "utf8" });
    return { code: result.status, stderr: result.stderr, request };
  }

  read(unit: Unit) {
    const [head] = readFileSync(join(this.directory, "request/index"), "utf8").split("\n");
    const files = unit.files.map(({ path }) => {
      const file = join(this.directory, "request/files", path);
      const mode = (statSync(file).mode & 0o7777).toString(8).padStart(4, "0");
      return { path, text: readFileSync(file, "utf8"), mode };
    });
    return { head, files };
  }

  delete(): void {
    execFileSync("chmod", ["-R", "u+rwX", this.directory]);
    rmSync(this.directory, { recursive: true });
  }
}

const unit = (files: Unit["files"]): Unit => ({ assembly: "gateway", unit: "protobox.argocd", files });

describe("payload on the host", () => {
  let parser: HostParser;
  beforeEach(() => (parser = new HostParser()));
  afterEach(() => parser.delete());

  const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
  const part = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,12}$/);
  // A leading word of letters keeps a path from being a directory of another one.
  const path = fc
    .tuple(fc.stringMatching(/^[A-Za-z0-9_][a-z]{0,5}$/), fc.array(part, { maxLength: 3 }))
    .map(([first, rest]) => [...rest.map((each) => `d${each}`), `f${first}`].join("/"));
  const line = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom("end", "|", "file a 0644", "unit x", "\\n %s $HOME `id` $(id)", "\t\r", "'\""),
  );
  const text = fc
    .array(line, { maxLength: 8 })
    .map((lines) => lines.map((each) => each.replaceAll("\0", "").toWellFormed() + "\n").join(""));
  const mode = fc.constantFrom("0644", "0600", "0755", "0440");
  const files = fc.uniqueArray(fc.record({ path, text, mode }, { noNullPrototype: true }), {
    selector: (file) => file.path,
    maxLength: 6,
  });

  it("arrives byte for byte, with its modes", () => {
    fc.assert(
      fc.property(name, name, files, (assembly, unitName, all) => {
        const sent = { assembly, unit: unitName, files: all };
        const { code, stderr } = parser.parse(payload(sent));
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
        assert.deepEqual(parser.read(sent), { head: `${assembly} ${unitName}`, files: all });
      }),
      // Each run starts a dozen processes.
      { numRuns: 40 },
    );
  });

  it("is refused when cut short anywhere between two lines", () => {
    const whole = payload(unit([{ path: "a", text: "1\n2\n" }, { path: "b", text: "3\n" }])); // prettier-ignore
    const lines = whole.trimEnd().split("\n");
    assert.equal(parser.parse(whole).code, 0);
    for (let kept = 0; kept < lines.length; kept++) {
      const { code, stderr } = parser.parse(lines.slice(0, kept).join("\n") + "\n");
      assert.notEqual(code, 0, `${kept} lines`);
      assert.match(stderr, /cut short|expected|version/);
    }
  });

  const head = "gatebox-unit 1\nassembly a\nunit b\n";
  const refused: [string, string, RegExp][] = [
    [
      "a later version",
      "gatebox-unit 2\nassembly a\nunit b\nend\n",
      /line 1: this runtime reads payloads of version 1/,
    ],
    [
      "an assembly outside its place",
      "gatebox-unit 1\nassembly ../x\nunit b\nend\n",
      /line 2: expected "assembly NAME"/,
    ],
    ["a unit with a slash", "gatebox-unit 1\nassembly a\nunit b/c\nend\n", /line 3: expected "unit NAME"/],
    ["a path out of the tree", `${head}file a/../../b 0644\nend\n`, /line 4: not a path inside the tree/],
    ["an absolute path", `${head}file /b 0644\nend\n`, /line 4: not a path inside the tree/],
    ["a set-user-id file", `${head}file b 4755\nend\n`, /line 4: not a mode/],
    ["one file twice", `${head}file b 0644\nfile b 0644\nend\n`, /line 5: a file that was given before/],
    ["text without a file", `${head}|secret\nend\n`, /line 4: text before the first file/],
    ["text without its mark", `${head}file b 0644\nsecret\nend\n`, /line 5: neither/],
    ["text after the end", `${head}end\nsecret\n`, /line 5: nothing may follow/],
  ];
  for (const [what, sent, message] of refused) {
    it(`refuses ${what} without quoting it`, () => {
      const { code, stderr } = parser.parse(sent);
      assert.notEqual(code, 0);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /secret/);
    });
  }
});
