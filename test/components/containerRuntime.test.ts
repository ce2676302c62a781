import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BoxHosts, ContainerRuntime, defineBox } from "../../components/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { basic } from "../../render/containerRuntime/registries.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const hosts = ["node-1", "node-2"];
const site = {
  networks: { "box-network": "192.168.1.0/24" },
  connection: { network: "box-network" },
  hosts: Object.fromEntries(
    hosts.map((name, index) => [
      name,
      { addresses: { "box-network": `192.168.1.${51 + index}` }, hostKey: hostKeyFor(name) },
    ]),
  ),
};
const section = {
  network: "box-network",
  registries: { "registry.site": { username: "puller" }, "git.site": { username: "git", authentication: "token" } },
} as const;
const passwords = { "registry.site": "hunter2", "git.site": "hunter3" };

/** What is registered, or what the program ends with. */
async function registered(
  program: () => unknown,
): Promise<{ readonly found: readonly Registration[]; readonly error: string }> {
  let error = "";
  const found = await registrationsOf("config: {}", () => {
    try {
      program();
    } catch (thrown) {
      assert.ok(pulumi.RunError.isInstance(thrown) || pulumi.ResourceError.isInstance(thrown), String(thrown));
      error = thrown.message;
    }
  });
  return { found, error };
}

const commandsOf = (found: readonly Registration[]): readonly Registration[] => found.filter(({ type }) => type === "Command"); // prettier-ignore

describe("ContainerRuntime", () => {
  it("alone: runtime, firewall, packages and configuration of each host, one host after the other, then the passwords", async () => {
    const { found, error } = await registered(
      () => new ContainerRuntime("runtime", { ...site, ...section, passwords }),
    );
    assert.equal(error, "");
    const names = hosts.flatMap((host) => [
      `runtime-${host}-packages`,
      `runtime-${host}-runtime`,
      `runtime-${host}-container-runtime-runtime.pool`,
      `runtime-${host}-registries-container-runtime-runtime.registries`,
      `runtime-firewall-${host}-packages`,
      `runtime-firewall-${host}-firewall-runtime.pool`,
    ]);
    assert.deepEqual(commandsOf(found).map(({ name }) => name).sort(), names.sort()); // prettier-ignore
    const command = (name: string) => commandsOf(found).find((one) => one.name === `runtime-${name}`)!;
    const waits = (later: string, earlier: string) => assert.ok(command(later).dependencies.includes(command(earlier).urn), `${later} does not wait for ${earlier}`); // prettier-ignore
    const base = (host: string) => `${host}-container-runtime-runtime.pool`;
    const secret = (host: string) => `${host}-registries-container-runtime-runtime.registries`;
    waits(base("node-2"), base("node-1"));
    waits(secret("node-1"), base("node-2"));
    waits(secret("node-2"), secret("node-1"));
    assert.match(
      String(command("node-1-packages").plain["stdin"]),
      /^package containerd$[^]*^mask containerd\.service$/m,
    );
  });

  it("keeps passwords in resources of their own, which log nothing and show nothing", async () => {
    const { found } = await registered(() => new ContainerRuntime("runtime", { ...site, ...section, passwords }));
    const leaks = new RegExp(["hunter", ...[basic("puller", "hunter2"), basic("git", "hunter3")].map((one) => one.slice(6))].join("|")); // prettier-ignore
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), leaks);
    const holders = found.filter(({ secrets }) => secrets.some((secret) => leaks.test(secret)));
    assert.deepEqual(holders.map(({ name }) => name), hosts.map((host) => `runtime-${host}-registries-container-runtime-runtime.registries`)); // prettier-ignore
    for (const { plain, secretOutputs } of holders) {
      assert.deepEqual([plain["stdin"], plain["logging"]], ["[secret]", "none"]);
      for (const output of ["stdin", "stdout", "stderr"]) assert.ok(secretOutputs.includes(output), output);
    }
  });

  it("leaves the packages of a containerd that it takes over to whoever has brought them", async () => {
    const { found } = await registered(() => new ContainerRuntime("runtime", { ...site, network: "box-network", adopt: true })); // prettier-ignore
    const packages = String(commandsOf(found).find(({ name }) => name === "runtime-node-1-packages")!.plain["stdin"]);
    assert.doesNotMatch(packages, /containerd|mask/);
    assert.ok(!commandsOf(found).some(({ name }) => name.includes("registries")), "passwords of nobody");
  });

  it("leaves them where a host gets the packages of all that the box has on it", async () => {
    const box = (adopt: boolean) => defineBox({ ...site, pools: { nodes: hosts }, containerRuntime: { pools: ["nodes"], network: "box-network", adopt } }, { name: "site" }); // prettier-ignore
    const listed = async (adopt: boolean): Promise<string> => {
      const { found } = await registered(() => new BoxHosts("hosts", { box: box(adopt) }));
      return String(commandsOf(found).find(({ name }) => name === "hosts-node-1-packages")!.plain["stdin"]);
    };
    assert.match(await listed(false), /^package containerd$/m);
    assert.doesNotMatch(await listed(true), /containerd/);
    assert.match(await listed(true), /^package nftables$/m);
  });

  it("takes a box with its passwords, and its section", async () => {
    const box = () => defineBox({ ...site, pools: { nodes: hosts }, containerRuntime: { ...section, pools: ["nodes"] } }, { name: "site", registryPasswords: passwords }); // prettier-ignore
    const whole = await registered(() => new ContainerRuntime("runtime", { box: box() }));
    const part = await registered(() => new ContainerRuntime("runtime", box().containerRuntime!));
    assert.equal(whole.error + part.error, "");
    const names = ({ found }: typeof whole) => commandsOf(found).map(({ name }) => name);
    assert.deepEqual(names(whole), names(part));
    assert.ok(names(whole).includes("runtime-node-2-registries-container-runtime-site.registries"));
  });

  it("refuses a user without a password, and a password without a user, before anything of it is made", async () => {
    const { error, found } = await registered(
      () =>
        new ContainerRuntime("runtime", { ...site, ...section, passwords: { "registry.site": "x", "quay.io": "x" } }),
    );
    assert.deepEqual(error.split("\n"), [
      `containerRuntime.registries["git.site"].username: has no password: "pulumi config set --secret --path 'gatebox:registryPasswords["git.site"]'"`,
      'registryPasswords["quay.io"]: is for a registry without a user: write containerRuntime.registries["quay.io"].username, or take it out',
    ]);
    assert.deepEqual(commandsOf(found), []);
  });

  it("tells violations by the keys that were written", async () => {
    const { error } = await registered(() => new ContainerRuntime("runtime", { ...site, network: "box-netwrok" }));
    assert.match(error, /^ {2}network: unknown network "box-netwrok"/m);
  });
});
