import assert from "node:assert/strict";
import { protoboxText } from "../../box/protobox.ts";
import { linesOf, replaced } from "./checking.ts";

const example = 'write "config:" and below it gatebox:networks, gatebox:hosts, …';

describe("gatebox check of a file", () => {
  const cases: Readonly<Record<string, readonly [text: string, ...says: string[]]>> = {
    "that is empty": ["", `1:1: the file is empty: ${example}`],
    "that is a text": ["hello\n", `1:1: the file is no mapping: ${example}`],
    "without a configuration": ["encryptionsalt: v1\n", `1:1: config: is missing: ${example}`],
    "whose configuration is a list": ["config: [a]\n", `1:1: config: is no mapping: ${example}`],
    "whose sections lack the indentation": [
      "gatebox:networks: {}\nconfig: {}\n",
      '1:1: gatebox:networks: unknown key "gatebox:networks": it belongs below "config:"',
      ...["networks", "hosts", "pools"].map((section) => `2:1: ${section}: is missing: write a mapping`),
    ],
    "that is no YAML": ["config:\n  a: [1, 2\n  b: }\n", "3:3: is no YAML: "],
    "that is indented with a tab": ["config:\n\ta: 1\n", "2:1: is no YAML: a tab indents this line; write spaces"],
    "with an alias of nothing": ["config:\n  a:b: *gone\n", '2:8: "*gone" has no anchor "&gone" before it'],
    "with an alias without an end": ["config: &all { a:b: [*all] }\n", "1:1: has aliases that have no end"],
  };
  for (const [title, [text, ...says]] of Object.entries(cases)) {
    it(title, () => {
      const lines = linesOf(text);
      const same = says.every((one, index) => lines[index]?.startsWith(one));
      assert.ok(same && (lines.length === says.length || title === "that is no YAML"), lines.join("\n"));
    });
  }

  it("whose configuration is longer than Linux lets a program be told", () => {
    const apps = Array.from(
      { length: 2500 },
      (_, index) => `    app-${index}: { port: ${30200 + index}, namespace: the-default }\n`,
    );
    const text = replaced(protoboxText, "    argocd: { port: 30160,", `${apps.join("")}    argocd: { port: 30160,`);
    const at = text.split("\n").indexOf("config:") + 1;
    assert.match(
      linesOf(text).join("\n"),
      new RegExp(`^${at}:1: warning: config: has 1\\d{5} bytes as Pulumi passes it on`),
    );
  });

  it("quotes nothing of a file that is no YAML but keys", () => {
    assert.doesNotMatch(linesOf("config:\n  a: |hunter2\n").join("\n"), /hunter2/);
  });
});

describe("gatebox check of a key of the configuration", () => {
  const withKey = (line: string): string => replaced(protoboxText, "config:\n", `config:\n  ${line}\n`);
  const at = protoboxText.split("\n").indexOf("config:") + 2;
  const refused: Readonly<Record<string, string>> = {
    "limits: { headerKb: 128 }": `${at}:3: config.limits: "limits" has no namespace: write gatebox:limits`,
    "gatbox:limits: {}": `${at}:3: config.gatbox:limits: unknown namespace "gatbox": write gatebox:limits`,
    "gatebox:limit: {}": `${at}:3: limit: unknown key "limit" (did you mean "limits"?)`,
    "gatebox:a.b: {}": `${at}:3: ["a.b"]: unknown key "a.b" (known: `,
    "gatebox:limits: { secure: AAAA }": `${at}:3: limits: is encrypted, and nothing of a box is secret but gatebox:tlsPrivateKey, gatebox:registryPasswords, gatebox:monitoringSecrets, gatebox:toolsPassword, gatebox:grafanaPassword, gatebox:gitlabSecrets and gatebox:consulGossipKey: write it in plain`,
    "gatebox:limits: { headerKb: { secure: AAAA } }": `${at}:21: limits.headerKb: is encrypted, `,
    "gatebox:tlsPrivateKey: AAAA": `${at}:26: tlsPrivateKey: stands in plain: take it out`,
    'gatebox:registryPasswords: { "a.box": hunter2 }': `${at}:41: registryPasswords["a.box"]: stands in plain: take it out`,
    'gatebox:monitoringSecrets: { "ops.slack": hunter2 }': `${at}:45: monitoringSecrets["ops.slack"]: stands in plain: take it out`,
    "gatebox:monitoringSecrets: { secure: AAAA }": `${at}:3: monitoringSecrets: is no mapping of secrets by receivers`,
    "gatebox:toolsPassword: hunter2-hunter2": `${at}:26: toolsPassword: stands in plain: take it out`,
    "gatebox:toolsPassword: { secure: AAAA }": `${at}:3: toolsPassword: is set, and no tool has auth: password: remove it`,
    "gatebox:grafanaPassword: hunter2-hunter2": `${at}:28: grafanaPassword: stands in plain: take it out, choose another, and set it with "pulumi config set --secret gatebox:grafanaPassword"`,
    "gatebox:grafanaPassword: { secure: AAAA }": `${at}:3: grafanaPassword: is set, and the box runs no Grafana: remove it, or write grafana`,
    "gatebox:gitlabSecrets: { smtpPassword: hunter2 }": `${at}:42: gitlabSecrets.smtpPassword: stands in plain: take it out, change it, and set it with "pulumi config set --secret --path gatebox:gitlabSecrets.smtpPassword"`,
    "gatebox:gitlabSecrets: { secure: AAAA }": `${at}:3: gitlabSecrets: is no mapping of secrets by their names: "pulumi config set --secret --path gatebox:gitlabSecrets.NAME"`,
    "gatebox:registryPasswords: { secure: AAAA }": `${at}:3: registryPasswords: is no mapping of passwords`,
    "box:limits: {}": `${at}:3: warning: config.box:limits: is another program's by its namespace: write gatebox:limits`,
  };
  for (const [line, says] of Object.entries(refused)) {
    it(`${line} is told`, () => {
      const lines = linesOf(withKey(line));
      assert.ok(lines[0]?.startsWith(says), lines.join("\n"));
      // Of a key in plain it is said besides that it has no certificate, and of a password that it has no user.
      assert.equal(lines.length, /tlsPrivateKey|hunter2/.test(line) ? 2 : 1, lines.join("\n"));
      assert.doesNotMatch(lines.join("\n"), /hunter2/);
    });
  }

  for (const line of ["kubernetes:context: protobox", "gatebox:limits: '{ \"headerKb\": 128 }'"]) {
    it(`${line} is fine`, () => assert.deepEqual(linesOf(withKey(line)), []));
  }

  it("that stands twice is told, and everything else besides", () => {
    const text = replaced(
      withKey("gatebox:limits: { headerKb: 1 }"),
      "  gatebox:networks:\n",
      "  gatebox:limits: { headerKb: 2 }\n  gatebox:networks:\n",
    );
    const lines = linesOf(text);
    assert.deepEqual(lines.map((line) => line.replace(/:.*/, "")), [`${at + 1}`, `${at + 1}`]); // prettier-ignore
    assert.match(lines.join("\n"), /:3: "gatebox:limits" stands twice in one mapping/);
    assert.match(lines.join("\n"), /: limits\.headerKb: 2 is not a whole number of kilobytes/);
  });

  it("has the mistakes of a value that is written elsewhere where they stand", () => {
    const merged = "    node-1: { addresses: { box-network: 192.168.1.51 } }";
    const text = replaced(
      protoboxText,
      merged,
      "    node-1: &node { addresses: { box-network: 192.168.9.51 } }\n    node-9: { <<: *node }",
    );
    const lines = linesOf(text);
    const line = text.split("\n").findIndex((one) => one.includes("&node")) + 1;
    assert.match(
      lines[0] ?? "",
      new RegExp(`^${line}:47: hosts\\.node-1\\.addresses\\.box-network: 192\\.168\\.9\\.51 lies outside`),
    );
    assert.match(lines[1] ?? "", new RegExp(`^${line}:47: hosts\\.node-9\\.addresses\\.box-network: `));
  });

  it("that cannot be reached by dots is found all the same", () => {
    const text = replaced(
      protoboxText,
      "argocd: { port: 30160,",
      "argocd: { selector: { app.kubernetes.io/name: [x], app: { kubernetes: y } }, port: 30160,",
    );
    const lines = linesOf(text);
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(lines[0] ?? "", /:27: apps\.argocd\.selector\["app\.kubernetes\.io\/name"\]: /);
  });
});
