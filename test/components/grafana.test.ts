import assert from "node:assert/strict";
import { stringify } from "yaml";
import { type BoxDeclaration, defineBox, Grafana, stackBox } from "../../components/index.ts";
import { keepGrafanaPassword } from "../../components/grafanaPassword.ts";
import { parseProtobox } from "../box/parsing.ts";
import { edit } from "../box/edit.ts";
import { protoboxValues } from "../box/protobox.ts";
import { grafanaBox, grafanaChanges } from "../render/sampleGrafana.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const generated = { "grafana-password": { result: "made-by-the-provider" }, "grafana-secret-key": { result: "a-key-that-was-generated" } }; // prettier-ignore
const run = (program: () => unknown): Promise<readonly Registration[]> => registrationsOf("config: {}", program, generated); // prettier-ignore
const password = "correct-horse-battery";

describe("Grafana", () => {
  it("comes from its repository, one host after the other, and starts with its secrets", async () => {
    const found = await run(() => new Grafana("grafana", { box: grafanaBox(), password }));
    const commandOf = (part: string): Registration => {
      const command = found.find(({ type, name }) => type === "Command" && name.includes(part));
      assert.ok(command, `${part} is not among ${found.map(({ name }) => name).join(", ")}`);
      return command;
    };
    const [first, second] = ["gateway-5", "gateway-4"].map((host) => commandOf(`grafana-${host}-secrets`));
    assert.ok(second!.dependencies.includes(first!.urn));
    for (const host of ["gateway-4", "gateway-5"]) {
      const packages = found.find(({ type, name }) => type === "Command" && name.startsWith(`grafana-${host}`) && name.endsWith("-packages")); // prettier-ignore
      assert.match(JSON.stringify(packages?.plain["stdin"]), /from grafana grafana\\n.*mask grafana-server\.service/);
      assert.ok(found.some(({ type, name }) => type === "HostRepository" && name.includes(host)));
    }
  });

  it("keeps its password and its key in resources of their own", async () => {
    const box = grafanaBox();
    keepGrafanaPassword(box, password);
    const found = await run(() => new Grafana("grafana", box.grafana!));
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), /correct-horse|a-key-that/);
    const holders = found.filter((one) => one.type === "Command" && one.secrets.some((secret) => secret.includes(password) && secret.includes("a-key-that-was-generated"))); // prettier-ignore
    assert.deepEqual(holders.map(({ name }) => name), ["gateway-5", "gateway-4"].map((host) => `grafana-${host}-secrets-grafana-protobox.secrets`)); // prettier-ignore
    for (const { plain } of holders) assert.deepEqual([plain["stdin"], plain["logging"]], ["[secret]", "none"]);
    assert.ok(!found.some(({ name }) => name === "grafana-password"), "one that is given is not made");
  });

  it("makes a password where none is given, and refuses one that is none without a word of it", async () => {
    const found = await run(() => new Grafana("grafana", { box: grafanaBox() }));
    assert.deepEqual(found.filter(({ type }) => type === "RandomPassword").map(({ name }) => name), ["grafana-password", "grafana-secret-key"]); // prettier-ignore
    await assert.rejects(
      run(() => new Grafana("grafana", { box: grafanaBox(), password: "hunter2" })),
      (error: Error) => /is shorter than 12 characters/.test(error.message) && !error.message.includes("hunter2"),
    );
  });

  it("refuses a box without such a section", async () => {
    await assert.rejects(
      run(() => new Grafana("grafana", { box: parseProtobox({}) })),
      /grafana: is missing, so the box runs no Grafana/,
    );
  });
});

describe("a stack's grafanaPassword", () => {
  const values = (changes: object): Record<string, unknown> =>
    edit(protoboxValues(), { ...grafanaChanges, ...changes });
  const stack = (changes: object): string =>
    stringify({ config: Object.fromEntries(Object.entries(values(changes)).map(([key, value]) => [`gatebox:${key}`, value])) }); // prettier-ignore
  const said = async (text: string): Promise<string> => {
    try {
      const found = await registrationsOf(text, () => new Grafana("grafana", { box: stackBox().box }), generated);
      assert.ok(found.some(({ secrets }) => secrets.some((secret) => secret.includes(password))));
      assert.ok(!found.some(({ type, name }) => type === "RandomPassword" && name === "grafana-password"));
      return JSON.stringify(found.map(({ plain }) => plain));
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("is what the Grafana of its box has, unless it is shorter than it may be, or the box runs none", async () => {
    assert.doesNotMatch(await said(stack({ grafanaPassword: password })), /correct-horse|violation/);
    const short = await said(stack({ grafanaPassword: "hunter2" }));
    assert.match(short, /grafanaPassword: is shorter than 12 characters: set a longer one, or none, and one is made/);
    assert.doesNotMatch(short, /hunter2/);
    const none = await said(stack({ grafanaPassword: password, grafana: undefined }));
    assert.match(none, /grafanaPassword: is set, and the box runs no Grafana: remove it, or write grafana/);
  });

  it("may come with a box that is written in TypeScript", async () => {
    const found = await run(() => {
      const declaration = values({}) as unknown as BoxDeclaration;
      new Grafana("grafana", { box: defineBox(declaration, { name: "protobox", grafanaPassword: password }) });
    });
    assert.ok(found.some(({ secrets }) => secrets.some((secret) => secret.includes(password))));
    assert.ok(!found.some(({ name }) => name === "grafana-password"));
  });
});
