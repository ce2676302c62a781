/** The recipes of docs/review.md, as far as they can be tried without GitHub and GitLab: their files, their steps, their scripts. */
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { riskNames, risks } from "../../cli/review/risks.ts";
import { run, type RunResult } from "../../lab/run.ts";
import { previewText, unit } from "../cli/review/previews.ts";

const docs = path.resolve(import.meta.dirname, "../../docs");
const main = path.resolve(import.meta.dirname, "../../cli/main.ts");
const read = (file: string): string => readFileSync(path.join(docs, file), "utf8");

const preview = previewText([
  { name: "same", before: {}, after: {} },
  ...unit("a", { assembly: "gateway", unit: "box.dev.wiki", after: { "border/ports/30170.nft": "1\n" } }),
]);

describe("the recipes of a review", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "gatebox-recipes-"));
    cpSync(path.join(docs, "review"), path.join(folder, "review"), { recursive: true });
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    // Stand-ins for what a pipeline has: the preview that is given, this project's own gatebox, and a gh that notes its calls.
    const programs: Readonly<Record<string, string>> = {
      pulumi: 'echo "$*" >>"$LOG"; cat "$PREVIEW"; exit "${PULUMI_STATUS:-0}"',
      npx: `shift; exec '${process.execPath}' '${main}' "$@"`,
      npm: 'echo "npm $*" >>"$LOG"',
      gh: 'echo "gh $*" >>"$LOG"; case "$*" in *--paginate*) printf "%s" "${FORMER:-}" ;; esac',
    };
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    writeFileSync(path.join(folder, "preview.json"), preview);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => writeFileSync(path.join(folder, "log"), ""));

  const shell = (command: string, env: NodeJS.ProcessEnv = {}): Promise<RunResult> =>
    run("sh", ["-euc", command], {
      cwd: folder,
      timeoutSeconds: 50,
      env: { ...process.env, PATH: `${folder}/bin:${process.env["PATH"]}`, LOG: `${folder}/log`, PREVIEW: `${folder}/preview.json`, ...env },
    }); // prettier-ignore
  const log = (): string => readFileSync(path.join(folder, "log"), "utf8");

  it("in a plain shell: the review is written, and a risk that is named is its status", async () => {
    const { code, stderr } = await shell("sh review/review.sh mybox deletion,reachability");
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^--fail-on reachability: /);
    assert.match(log(), /^preview --stack mybox --json --show-sames --non-interactive$/m);
    for (const file of ["review.md", "review.html", "review.json"]) assert.ok(existsSync(path.join(folder, "review", file)), file); // prettier-ignore
    assert.equal((await shell("sh review/review.sh mybox deletion")).code, 0);
    assert.equal((await shell("sh review/review.sh mybox")).code, 0);
    assert.equal((await shell("sh review/review.sh mybox ' '")).code, 0);
  });

  it("in a plain shell: a preview that fails is told in its own words", async () => {
    const failed = JSON.stringify({ steps: [], diagnostics: [{ severity: "error", message: "apps.x: is missing" }] });
    writeFileSync(path.join(folder, "failed.json"), failed);
    const { code, stderr } = await shell("sh review/review.sh mybox", { PREVIEW: `${folder}/failed.json`, PULUMI_STATUS: "255" }); // prettier-ignore
    assert.equal(code, 1);
    assert.match(stderr, /the preview has failed[^]*apps\.x: is missing/);
  });

  interface GitHub {
    readonly jobs: { readonly review: { readonly env: Record<string, string>; readonly steps: readonly { run?: string; name?: string; env?: object; with?: { path?: string } }[] } };
  } // prettier-ignore

  it("on GitHub: each step that is shell runs, and the comment of before is written anew", async () => {
    const { jobs } = parse(read("review/github.yml")) as GitHub;
    const steps = jobs.review.steps.flatMap(({ run }) => run ?? []);
    assert.equal(steps.length, 3);
    const env = { STACK: "mybox", RISKS: "reachability", NUMBER: "7", GITHUB_REPOSITORY: "me/box", GH_TOKEN: "t" };
    const codes: number[] = [];
    for (const step of steps) codes.push((await shell(step, env)).code);
    assert.deepEqual(codes, [0, 3, 0]);
    assert.match(log(), /^gh api --method POST repos\/me\/box\/issues\/7\/comments --field body=@review\/review\.md$/m);
    await shell(steps[2]!, { ...env, FORMER: "42\n" });
    assert.match(
      log(),
      /^gh api --method PATCH repos\/me\/box\/issues\/comments\/42 --field body=@review\/review\.md$/m,
    );
  });

  it("on GitHub and GitLab: the preview, which has the whole configuration, is no artifact", () => {
    const github = parse(read("review/github.yml")) as GitHub;
    const uploaded = github.jobs.review.steps.flatMap((step) => step.with?.path?.trim().split("\n") ?? []);
    const gitlab = parse(read("review/gitlab.yml")) as { review: { artifacts: { paths: string[] } } };
    assert.deepEqual(uploaded, ["review/review.html", "review/review.json"]);
    assert.deepEqual(gitlab.review.artifacts.paths, uploaded);
  });

  describe("on GitLab", () => {
    let server: Server;
    const asked: string[] = [];
    let notes: object[] = [];
    before(async () => {
      server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          asked.push(`${request.method} ${request.url} ${String(request.headers["private-token"])} ${decodeURIComponent(body.replaceAll("+", " ")).slice(0, 32)}`);
          response.end(JSON.stringify(request.method === "GET" ? notes : {}));
        }); // prettier-ignore
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    });
    after(() => server.close());
    beforeEach(() => void asked.splice(0));

    it("the script of the job runs, and the note of before is written anew", async function () {
      if ((await shell("command -v jq && command -v curl")).code !== 0) this.skip();
      const { review } = parse(read("review/gitlab.yml")) as { review: { script: string[] } };
      const { port } = server.address() as AddressInfo;
      const env = { STACK: "mybox", RISKS: "reachability", CI_API_V4_URL: `http://127.0.0.1:${port}`, CI_PROJECT_ID: "3", CI_MERGE_REQUEST_IID: "9", REVIEW_TOKEN: "token-of-it" }; // prettier-ignore
      const script = review.script.join("\n");
      const { code, stderr } = await shell(script, env);
      assert.equal(code, 3, stderr);
      assert.deepEqual(asked, [
        "GET /projects/3/merge_requests/9/notes?per_page=100&sort=desc token-of-it ",
        "POST /projects/3/merge_requests/9/notes token-of-it body=<!-- gatebox review dev -->",
      ]);
      notes = [{ id: 5, body: "hello" }, { id: 6, body: "<!-- gatebox review dev -->\nold" }]; // prettier-ignore
      await shell(script, env);
      assert.match(asked.at(-1) ?? "", /^PUT \/projects\/3\/merge_requests\/9\/notes\/6 /);
    });
  });

  it("name risks that there are, each with what it means", () => {
    const page = read("review.md");
    for (const risk of riskNames) assert.ok(page.includes(`| \`${risk}\` | `), `${risk}: ${risks[risk]}`);
    const named = ["github.yml", "gitlab.yml"].flatMap((file) => /deletion,[\w,-]+/.exec(read(`review/${file}`))?.[0].split(",") ?? []); // prettier-ignore
    assert.ok(named.length >= 8);
    for (const risk of named) assert.ok((riskNames as string[]).includes(risk), risk);
  });
});
