import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseDocument } from "yaml";
import { runAsOperator } from "../../lab/operator.ts";
import { ask, stackUrls } from "../../lab/page.ts";
import { buildPodImage } from "../../lab/pods/image.ts";
import { openStack, operatorHome, stackFile, type LabStack } from "../../lab/stack.ts";
import { inForce } from "./serving.ts";
import { SERVING, connects, failingUp, onHost, statusFrom, up, WEB, withoutCluster, world } from "./world.ts";

const program = path.join(import.meta.dirname, "programs/wiki");

/** A stack of the program that exposes a wiki on the box: see programs/wiki. */
async function wikiStack(name: string, values: Readonly<Record<string, string | number>> = {}): Promise<LabStack> {
  const { lab, toolchain } = await world();
  const config = parseDocument(await stackFile(program, "wiki"));
  const all = { image: (await buildPodImage()).web, ...values };
  for (const [key, value] of Object.entries(all)) config.setIn(["config", `wiki:${key}`], value);
  return openStack(operatorHome(lab), toolchain, { name, program, configuration: config.toString() });
}

/** Every line of what each host has in force: its files with their sums, and the rules of its border. */
async function linesInForce(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { lab } = await world();
  const lines: Record<string, readonly string[]> = {};
  for (const host of SERVING) lines[host] = (await inForce(lab, host)).split("\n");
  return lines;
}

/** Which resources the box's own stack has, and when the engine made and last changed each. */
async function boxResources(): Promise<readonly string[]> {
  const { stack } = await world();
  const { stdout } = await stack.pulumi(["stack", "export"], { timeoutSeconds: 60 });
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: readonly Record<string, string>[] } };
  assert.ok(deployment.resources.length > 0);
  return deployment.resources.map(({ urn, created, modified }) => `${urn} ${created} ${modified}`).sort();
}

/** Names of all NodePort Services in the cluster, with their ports. */
async function nodePorts(): Promise<readonly string[]> {
  const { lab, toolchain } = await world();
  const format = '{range .items[?(@.spec.type=="NodePort")]}{.metadata.name} {.spec.ports[*].nodePort}{"\\n"}{end}';
  const args = ["get", "services", "--all-namespaces", "-o", `jsonpath=${format}`];
  const { code, stdout, stderr } = await runAsOperator(lab, `${toolchain.kubernetes}/kubectl`, args);
  assert.equal(code, 0, stderr);
  return stdout.trim().split("\n").sort();
}

/** The app that answers for each URL through each web server. */
async function answers(urls: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { lab } = await world();
  const found: string[] = [];
  for (const [service, url] of Object.entries(urls)) {
    for (const webserver of WEB) {
      const { status, body } = await ask(lab, url, webserver);
      const app = status === 200 ? (JSON.parse(body) as { app: string }).app : status;
      found.push(`${service} through ${webserver}: ${app}`);
    }
  }
  return found;
}

function eachItself(services: readonly string[]): string[] {
  return services.flatMap((service) => WEB.map((webserver) => `${service} through ${webserver}: ${service}`));
}

(withoutCluster ? describe.skip : describe)("a service that another stack exposes on the box", () => {
  let wiki: LabStack;
  let files: Awaited<ReturnType<typeof linesInForce>>;
  let resources: readonly string[];
  let services: readonly string[];

  before(async () => {
    wiki = await wikiStack("wiki");
    [files, resources, services] = [await linesInForce(), await boxResources(), await nodePorts()];
  });
  after(async () => {
    await wiki.pulumi(["destroy", "--yes"]);
    await wiki.pulumi(["stack", "rm", "--yes", "--force"]);
  });

  it("answers through both web servers, and its files come beside those that are there", async () => {
    const printed = await up(wiki);
    assert.doesNotMatch(printed, /^ {4}[~-]/m);
    const urls = await stackUrls(wiki);
    assert.deepEqual(urls, { wiki: "https://protobox.test/wiki/" });
    assert.deepEqual(await answers(urls), eachItself(["wiki"]));
    assert.deepEqual(await nodePorts(), [...services, "wiki 30170"].sort());
    const now = await linesInForce();
    for (const host of SERVING) {
      // The border's rules are as they were but for the one set of declared ports.
      const isFile = (line: string) => /^[0-9a-f]{64} /.test(line);
      const [before = [], after = []] = [files[host]?.filter(isFile), now[host]?.filter(isFile)];
      const changed = before.filter((line) => !after.includes(line));
      assert.deepEqual(changed, [], `${host} lost or changed something of others`);
      assert.equal(after.length, before.length + 2, `${host} has two files of the wiki`);
    }
  });

  it("is no change of its own stack when it is applied again, nor of the box's", async () => {
    const { stack } = await world();
    await up(wiki, ["--expect-no-changes"]);
    await up(stack, ["--expect-no-changes"]);
    assert.deepEqual(await answers(await stackUrls(wiki)), eachItself(["wiki"]));
  });

  it("cannot have a port that is taken: its preview names who has it, and nothing else", async () => {
    const taken = await wikiStack("taken", { port: 30160 });
    try {
      const { code, stdout, stderr } = await taken.pulumi(["preview"]);
      const printed = `${stdout}\n${stderr}`;
      assert.notEqual(code, 0, printed);
      assert.match(printed, /Service "wiki" on box "protobox" has 1 violation:\n/);
      const violation = 'services.wiki.app.port: 30160 is the port of app "argocd" already: 30166 is free';
      assert.ok(printed.includes(violation), printed);
      assert.doesNotMatch(printed, /^\s+at .*:\d+:\d+\)?$/m, "a stack trace helps nobody");
    } finally {
      await taken.pulumi(["stack", "rm", "--yes", "--force"]);
    }
  });

  it("keeps its location from a third stack, of which the box knows nothing: the host refuses", async () => {
    const rival = await wikiStack("rival", { name: "books", port: 30171, location: "/wiki/" });
    try {
      const printed = await failingUp(rival);
      const refused =
        "nginx/locations/wiki.conf belongs to the unit wiki.wiki.wiki; the unit wiki.rival.books cannot have it";
      assert.ok(printed.includes(`gatebox: webserver-1: webserver/wiki.rival.books: ${refused}`), printed);
      assert.deepEqual(await answers(await stackUrls(wiki)), eachItself(["wiki"]));
    } finally {
      const answer = await rival.pulumi(["destroy", "--yes"]);
      await rival.pulumi(["stack", "rm", "--yes", "--force"]);
      assert.equal(answer.code, 0, `${answer.stdout}\n${answer.stderr}`);
    }
  });

  it("comes while another stack comes, too: each has all that is its own, and needs no second up", async () => {
    const stacks = [
      await wikiStack("notes", { name: "notes", port: 30172 }),
      await wikiStack("pages", { name: "pages", port: 30173 }),
    ];
    const atOnce = (change: (one: LabStack) => Promise<unknown>): Promise<unknown> => Promise.all(stacks.map(change));
    try {
      await atOnce((one) => up(one));
      await atOnce(async (one) => {
        const urls = await stackUrls(one);
        assert.deepEqual(await answers(urls), eachItself(Object.keys(urls)));
      });
      await atOnce((one) => up(one, ["--expect-no-changes"]));
    } finally {
      const ended: string[] = [];
      await atOnce(async (one) => {
        const { code, stdout, stderr } = await one.pulumi(["destroy", "--yes"]);
        if (code !== 0) ended.push(`${stdout}\n${stderr}`);
        await one.pulumi(["stack", "rm", "--yes", "--force"]);
      });
      assert.deepEqual(ended, []);
    }
  });

  it("is changed by one operator at a time: the second is told who is at work on the stack", async () => {
    const { lab, stack } = await world();
    const locks = path.join(operatorHome(lab).directory, "state/.pulumi/locks/organization/gatebox/protobox");
    const isLocked = (): boolean => existsSync(locks) && readdirSync(locks).length > 0;
    const first = up(stack, ["--expect-no-changes"]);
    const second = (async () => {
      while (!isLocked()) await pause(20);
      return failingUp(stack);
    })();
    assert.match(await second, /^error: the stack is currently locked by 1 lock\(s\)/m);
    await first;
    assert.equal(isLocked(), false);
  });

  it("goes with its stack: Service, port and location, and nothing else", async () => {
    const { lab, stack } = await world();
    const answer = await wiki.pulumi(["destroy", "--yes"]);
    assert.equal(answer.code, 0, `${answer.stdout}\n${answer.stderr}`);
    assert.deepEqual(await nodePorts(), services);
    for (const [host, address] of [
      ["gateway-1", "192.168.2.11"],
      ["gateway-2", "192.168.2.12"],
      ["gateway-3", "192.168.2.13"],
    ] as const) {
      assert.equal(
        await connects(lab, "webserver-1", address, 30170),
        false,
        `${host} still lets the wiki's port pass`,
      );
      assert.equal(await onHost(lab, host, "ss -Hltn 'sport = :30170'"), "", `${host} still listens`);
    }
    for (const address of ["192.168.0.30", "192.168.0.32"]) {
      assert.equal(await statusFrom(lab, "client", `https://${address}/wiki/`), 404);
    }
    assert.deepEqual(await linesInForce(), files);
    const urls = await stackUrls(stack);
    assert.deepEqual(await answers(urls), eachItself(Object.keys(urls)));
    assert.deepEqual(await boxResources(), resources);
  });
});
