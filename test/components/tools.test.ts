import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { defineBox, stackBox, Tools, WebserverPool, WebserverRoute } from "../../components/index.ts";
import { toolsBox } from "../render/sampleTools.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const generated = { "tools-password": { result: "generated-password-1" } };
const run = (program: () => unknown, states = generated, config = "config: {}"): Promise<readonly Registration[]> =>
  registrationsOf(config, program, states);
const commandOf = (found: readonly Registration[], name: string): Registration => {
  const command = found.find((one) => one.type === "Command" && one.name === name);
  assert.ok(command, `${name} is not among ${found.map((one) => one.name).join(", ")}`);
  return command;
};
const refusal = async (program: () => unknown): Promise<string> => {
  let message = "";
  await run(() => {
    try {
      program();
    } catch (error) {
      assert.ok(pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error));
      message = error.message;
    }
  });
  return message;
};
const valueOf = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

describe("Tools", () => {
  it("are led to when the web servers know who may come in, and tell where they are", async () => {
    const box = toolsBox();
    let urls: Readonly<Record<string, string>> = {};
    const found = await run(async () => {
      const webservers = new WebserverPool("webservers", { box });
      const tools = new Tools("tools", { box }, { dependsOn: webservers });
      urls = await valueOf(tools.urls);
    });
    const users = commandOf(found, "tools-webserver-1-users-webserver-protobox.tools-users");
    const ways = commandOf(found, "tools-webserver-2-webserver-protobox.tools");
    assert.ok(ways.dependencies.includes(users.urn));
    assert.match(String(ways.plain["stdin"]), /^file nginx\/locations\/prometheus\.conf 0644$/m);
    assert.equal(urls["consul"], "https://protobox.test/consul/");
    assert.deepEqual(Object.keys(urls), ["prometheus", "alertmanager", "grafana", "consul", "gitlab"]);
  });

  it("keep the generated password, and what follows from it, in resources that are secret", async () => {
    const box = toolsBox();
    let password = "";
    let isSecret = false;
    const found = await run(async () => {
      const tools = new Tools("tools", { box });
      password = await valueOf(tools.password!);
      isSecret = await pulumi.isSecret(tools.password!);
      assert.equal(tools.username, "operator");
    });
    assert.deepEqual([password, isSecret], ["generated-password-1", true]);
    const made = found.find(({ type }) => type === "RandomPassword")!;
    assert.deepEqual([made.plain["length"], made.secretOutputs.includes("result")], [32, true]);
    const plain = JSON.stringify(found.map((one) => one.plain));
    assert.doesNotMatch(plain, /generated-password|\$6\$/);
    const holders = found.filter(({ secrets }) => secrets.some((secret) => secret.includes("$6$")));
    assert.deepEqual(
      holders.map(({ name }) => name),
      ["webserver-1", "webserver-2"].map((host) => `tools-${host}-users-webserver-protobox.tools-users`),
    );
    for (const { plain, secrets } of holders) {
      assert.deepEqual([plain["stdin"], plain["logging"]], ["[secret]", "none"]);
      assert.doesNotMatch(secrets.join("\n"), /generated-password/);
    }
  });

  it("take a password that is given, and generate none; one that is none is refused unquoted", async () => {
    const box = toolsBox();
    const found = await run(() => new Tools("tools", { box, password: "given-password-1" }));
    assert.ok(!found.some(({ type }) => type === "RandomPassword"));
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), /given-password/);
    const message = await refusal(() => new Tools("tools", { box, password: "hunter2" }));
    assert.match(message, /the password of the tools is shorter than 12 characters/);
    assert.doesNotMatch(message, /hunter2/);
  });

  it("are one resource for each web server where no tool needs the password", async () => {
    const box = toolsBox({ grafana: {} });
    const found = await run(() => {
      const tools = new Tools("tools", box.tools!);
      assert.deepEqual([tools.username, tools.password], [undefined, undefined]);
    });
    assert.deepEqual(
      found.filter(({ type }) => type === "Command").map(({ name }) => name),
      ["webserver-1", "webserver-2"].map((host) => `tools-${host}-webserver-protobox.tools`),
    );
  });

  it("have their places on the web servers alone, and stand on a box", async () => {
    const box = toolsBox();
    const upstream = { name: "stream_x", members: [{ name: "a", address: "192.168.2.14", port: 1 }] };
    const route = { name: "x", location: "/v1/", upstream, params: [], websocket: false, passHeaders: [] };
    assert.match(
      await refusal(() => [new WebserverRoute("x", { box, route }), new Tools("tools", { box })]),
      /"tools" declares location \/v1\/ .* "x"/,
    );
    assert.match(
      await refusal(() => new Tools("tools", { ...box.tools! })),
      /was given neither a box, nor the section tools of one/,
    );
  });
});

describe("a stack's toolsPassword", () => {
  const networks = { "box-network": "192.168.1.0/24" };
  const stack = (password: string, tools = ""): string =>
    `config:
  gatebox:networks: ${JSON.stringify(networks)}
  gatebox:connection: { network: box-network }
  gatebox:hosts: { web: { addresses: { box-network: 192.168.1.2 }, hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ" } }
  gatebox:pools: { webs: [web] }
  gatebox:webservers: { pool: webs, network: box-network, upstreamNetwork: box-network }
  gatebox:toolsPassword: ${password}
  ${tools}
`;
  const prometheus = "gatebox:tools: { prometheus: { upstream: { pool: webs } } }";

  it("is what the tools of its box have, unless it is shorter than it may be, or nobody asks for it", async () => {
    const said = async (text: string): Promise<string> => {
      try {
        const found = await registrationsOf(text, () => {
          const { box } = stackBox();
          new Tools("tools", { box });
        });
        assert.ok(!found.some(({ type }) => type === "RandomPassword"));
        return JSON.stringify(found.map(({ plain }) => plain));
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.doesNotMatch(await said(stack("configured-password", prometheus)), /configured-password|violation/);
    const short = await said(stack("hunter2", prometheus));
    assert.match(short, /toolsPassword: is shorter than 12 characters: set a longer one, or none, and one is made/);
    assert.doesNotMatch(short, /hunter2/);
    assert.match(await said(stack("configured-password")), /toolsPassword: is set, and no tool has auth: password/);
  });

  it("may come with a box that is written in TypeScript", async () => {
    const found = await run(() => {
      const { name, ...hosts } = { name: "site", web: { addresses: { "box-network": "192.168.1.2" }, hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ" } }; // prettier-ignore
      const webservers = { pool: "webs", network: "box-network", upstreamNetwork: "box-network" };
      const tools = { prometheus: { upstream: { pool: "webs" } } };
      const box = defineBox({ networks, connection: { network: "box-network" }, hosts, pools: { webs: ["web"] }, webservers, tools }, { name, toolsPassword: "configured-password" }); // prettier-ignore
      new Tools("tools", { box });
    });
    assert.ok(!found.some(({ type }) => type === "RandomPassword"));
    assert.ok(found.some(({ secrets }) => secrets.some((secret) => secret.includes("$6$"))));
  });
});
