import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { check } from "../../../cli/check.ts";
import { init, initByQuestions } from "../../../cli/init.ts";
import { UsageError } from "../../../cli/ended.ts";
import { inspectOnDisk } from "../../../cli/stackFile/onDisk.ts";

describe("gatebox init", () => {
  let scratch: string;
  before(() => (scratch = mkdtempSync(path.join(tmpdir(), "gatebox-init-"))));
  after(() => rmSync(scratch, { recursive: true }));

  const at = (file: string): string => path.join(scratch, file);
  const boxOf = (file: string) => {
    const { box, mistakes } = inspectOnDisk(file, scratch);
    assert.ok(box, JSON.stringify(mistakes));
    return box;
  };
  /** Answers as a person types them; the rest are empty lines. */
  const answering = (answers: Readonly<Record<string, readonly string[]>>) => {
    const left = new Map(Object.entries(answers).map(([begin, lines]) => [begin, [...lines]]));
    const seen: string[] = [];
    const ask = (text: string): Promise<string> => {
      seen.push(text);
      const begin = [...left.keys()].find((one) => text.startsWith(one));
      return Promise.resolve(begin === undefined ? "" : (left.get(begin)?.shift() ?? ""));
    };
    return { ask, seen };
  };

  it("writes a file that check finds no mistake in, from suggestions alone", () => {
    const { status, message } = init("mine", {}, scratch);
    assert.equal(status, 0, message);
    assert.match(
      message ?? "",
      /^Pulumi\.mine\.yaml is written\. There is no Pulumi\.yaml here.*\nMind connection\.from: .*\nNext: /,
    );
    assert.equal(check(["Pulumi.mine.yaml"], { json: false, here: scratch }).status, 0);
    assert.match(readFileSync(at("Pulumi.mine.yaml"), "utf8"), /^# yaml-language-server: \$schema=/);
    assert.deepEqual(Object.keys(boxOf("Pulumi.mine.yaml").hosts), ["webserver-1", "webserver-2", "gateway-1", "gateway-2", "gateway-3"]); // prettier-ignore
  });

  it("takes what flags say, and suggests the rest by it", () => {
    const { status, message } = init(
      "flags",
      {
        gateway: "10.1.0.0/16",
        webservers: "192.168.0.30 192.168.0.31,192.168.0.32",
        service: "wiki",
        virtualIp: "-",
        from: "192.0.2.7",
      },
      scratch,
    );
    assert.equal(status, 0, message);
    const box = boxOf("Pulumi.flags.yaml");
    assert.equal(box.hosts["webserver-3"]?.addresses["gateway-network"], "10.1.0.13");
    assert.deepEqual(box.services.map(({ app }) => [app.port, app.namespace]), [[30160, "wiki"]]); // prettier-ignore
    assert.deepEqual([box.virtualIps, box.warnings], [{}, []]);
  });

  it("never overwrites", () => {
    writeFileSync(at("Pulumi.there.yaml"), "config: {}\n");
    assert.match(init("there", {}, scratch).message ?? "", /is there already\. Nothing is written/);
    assert.equal(readFileSync(at("Pulumi.there.yaml"), "utf8"), "config: {}\n");
  });

  it("writes nothing for flags that are wrong by themselves or together", () => {
    const alone = init("bad", { box: "192.168.1", webservers: "" }, scratch);
    assert.deepEqual([alone.status, alone.message], [1, '--box-network: "192.168.1" is not an IPv4 network such as 192.168.2.0/24\n--webservers: "" names none: write one address for each host\nNothing is written.\n']); // prettier-ignore
    const together = init("bad", { gateways: "192.168.9.1", gatewaysInside: "192.168.1.21" }, scratch);
    assert.match(
      together.message ?? "",
      /^hosts\.gateway-1\.addresses\.gateway-network: 192\.168\.9\.1 lies outside of/,
    );
    assert.ok(!existsSync(at("Pulumi.bad.yaml")));
    assert.throws(() => init("../x", {}, scratch), UsageError);
  });

  it("asks a person again for what is wrong by itself, and asks all again where it does not fit", async () => {
    const told: string[] = [];
    const { ask, seen } = answering({
      "Addresses of the web servers": ["192.168.0", "192.168.0.30", "192.168.0.30"],
      "Addresses of the gateways": ["192.168.9.1", "192.168.2.41"],
    });
    const { status, message } = await initByQuestions("asked", {}, scratch, ask, (text) => told.push(text));
    assert.equal(status, 0, message);
    assert.match(told[0] ?? "", /^"192\.168\.0" is not an IPv4 address/);
    assert.match(
      told[1] ?? "",
      /hosts\.gateway-1\.addresses\.gateway-network: 192\.168\.9\.1 lies outside of .*\nOnce more/s,
    );
    assert.ok(
      seen.includes("Addresses of the gateways on the network of the web servers, one for each [192.168.9.1]: "),
    );
    assert.ok(!seen.some((text) => text.startsWith("Namespace")), "asked for the namespace of no service");
    assert.deepEqual(Object.keys(boxOf("Pulumi.asked.yaml").hosts), ["webserver-1", "gateway-1"]);
  });

  it("asks nothing that a flag has answered", async () => {
    const { ask, seen } = answering({});
    const { status } = await initByQuestions(
      "few",
      { user: "ops", public: "192.168.7.0/24" },
      scratch,
      ask,
      () => undefined,
    );
    assert.equal(status, 0);
    assert.ok(!seen.some((text) => /^(User|Network that clients)/.test(text)));
    assert.equal(boxOf("Pulumi.few.yaml").hosts["gateway-1"]?.connection?.user, "ops");
  });
});
