import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ContainerRuntime, GatewayPool, Registry, WebserverPool } from "../../components/index.ts";
import { basic } from "../../render/containerRuntime/registries.ts";
import type { Changes } from "../box/edit.ts";
import { registryBox } from "../render/sampleRegistry.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const runtime: Changes = {
  containerRuntime: {
    pools: ["nodes-pool"],
    network: "box-network",
    registries: { "registry.protobox": { server: "https://registry.site", username: "box" } },
  },
};
const generated = { "registry-password": { result: "generated-one" } };
const run = (program: () => unknown, states = generated): Promise<readonly Registration[]> =>
  registrationsOf("config: {}", program, states);
const commandOf = (found: readonly Registration[], name: string): Registration => {
  const command = found.find((one) => one.type === "Command" && one.name === name);
  assert.ok(command, `${name} is not among ${found.map((one) => one.name).join(", ")}`);
  return command;
};

describe("Registry", () => {
  it("runs on its hosts, has its user, and is led to by the web servers when it answers", async () => {
    const box = registryBox();
    const found = await run(() => {
      const webservers = new WebserverPool("webservers", { box });
      new Registry("registry", { box }, { dependsOn: webservers });
    });
    const base = commandOf(found, "registry-gateway-4-registry-protobox.pool");
    const users = commandOf(found, "registry-gateway-4-users-registry-protobox.users");
    const location = commandOf(found, "registry-webservers-webserver-1-webserver-gatebox.protobox.container-registry");
    assert.ok(users.dependencies.includes(base.urn) && location.dependencies.includes(users.urn));
    assert.match(String(location.plain["stdin"]), /^file nginx\/locations\/v2\.conf 0644$/m);
  });

  it("keeps its generated password in resources of their own, and hands it to the hosts that pull", async () => {
    const box = registryBox({}, runtime);
    const found = await run(() => {
      new WebserverPool("webservers", { box });
      const registry = new Registry("registry", { box });
      new ContainerRuntime("runtime", { box }, { dependsOn: registry });
    });
    const password = found.find(({ type }) => type === "RandomPassword")!;
    assert.deepEqual([password.plain["length"], password.secretOutputs.includes("result")], [32, true]);
    const leaks = new RegExp(`generated-one|${basic("box", "generated-one").slice(6)}`);
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), leaks);
    const holders = found.filter(({ secrets }) => secrets.some((secret) => leaks.test(secret)));
    assert.deepEqual(
      holders.map(({ name }) => name),
      [
        "registry-gateway-4-users-registry-protobox.users",
        ...["node-1", "node-2"].map((host) => `runtime-${host}-registries-container-runtime-protobox.registries`),
      ],
    );
    for (const { plain } of holders) assert.deepEqual([plain["stdin"], plain["logging"]], ["[secret]", "none"]);
    // Pulling is tried when the registry is there.
    const last = commandOf(found, "registry-webservers-webserver-1-webserver-gatebox.protobox.container-registry");
    assert.ok(commandOf(found, "runtime-node-1-container-runtime-protobox.pool").dependencies.includes(last.urn));
  });

  it("takes a password that is given, and generates none", async () => {
    const box = registryBox();
    const found = await run(() => new Registry("registry", { box, password: "given-one" }));
    assert.ok(!found.some(({ type }) => type === "RandomPassword"));
    assert.ok(
      commandOf(found, "registry-gateway-4-users-registry-protobox.users").secrets.some((one) =>
        one.includes("|box:given-one"),
      ),
    );
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), /given-one/);
  });

  it("may be GitLab's: then there is the way to it, and nothing else", async () => {
    const box = registryBox({ kind: "gitlab" });
    const found = await run(() => new Registry("registry", box.registry!));
    const commands = found.filter(({ type }) => type === "Command").map(({ name }) => name);
    assert.deepEqual(
      commands.filter((name) => !name.includes("webserver-")),
      [],
    );
    assert.equal(commands.length, 2);
  });

  it("has its location on the web servers alone, and stands on a box", async () => {
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
    const box = registryBox();
    assert.match(
      await refusal(() => [new Registry("one", { box }), new Registry("two", { box })]),
      /"two-webservers" declares location \/v2\/ .* "one-webservers"/,
    );
    const copy = { ...box.registry! };
    assert.match(
      await refusal(() => new Registry("registry", copy)),
      /was given neither a box, nor the section registry of one/,
    );
    assert.equal(await refusal(() => new GatewayPool("gateways", { box })), "");
  });
});
