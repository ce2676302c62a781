import assert from "node:assert/strict";
import { ConsulCluster } from "../../components/index.ts";
import { consulSecretsOf, gossipKeyFault } from "../../components/consulSecrets.ts";
import { authorityOf } from "../../host/certificates.ts";
import { consulBox } from "../render/sampleConsul.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const publicKey =
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
const stdouts = (names: readonly string[]) =>
  Object.fromEntries(names.map((host) => [`consul-${host}-key`, { stdout: publicKey }]));
const generated = "a-secret-that-was-generated";
const hosts = ["gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5", "supervisor-1", "master-1", "master-2", "master-3", "node-1", "node-2"]; // prettier-ignore
const states = { "consul-secret": { result: generated }, ...stdouts(hosts) };
const commandOf = (found: readonly Registration[], name: string): Registration => {
  const command = found.find((one) => one.type === "Command" && one.name === name);
  assert.ok(command, `${name} is not among ${found.map((one) => one.name).join(", ")}`);
  return command;
};

describe("ConsulCluster", () => {
  it("makes servers one after the other, then who may do what, then the first agent and all others of its pool; packages after their repository", async () => {
    const box = consulBox();
    const found = await registrationsOf("config: {}", () => new ConsulCluster("consul", { box }), states);
    const before = (later: string, earlier: string): void =>
      assert.ok(commandOf(found, later).dependencies.includes(commandOf(found, earlier).urn), `${later} after ${earlier}`); // prettier-ignore
    before("consul-gateway-4-packages", "consul-gateway-4-hashicorp-repository");
    before("consul-gateway-5-consul-protobox.pool", "consul-gateway-4-consul-protobox.pool");
    before("consul-gateway-5-consul-secrets-consul-protobox.secrets", "consul-gateway-4-consul-secrets-consul-protobox.secrets"); // prettier-ignore
    before("consul-access-gateway-4-consul-access-protobox.pool", "consul-supervisor-1-consul-secrets-consul-protobox.secrets"); // prettier-ignore
    before("consul-gateway-1-consul-protobox.pool", "consul-supervisor-1-consul-access-secrets-consul-access-protobox.secrets"); // prettier-ignore
    before("consul-gateway-2-consul-protobox.pool", "consul-gateway-1-consul-protobox.pool");
    before("consul-gateway-3-consul-protobox.pool", "consul-gateway-1-consul-protobox.pool");
    const last = commandOf(found, "consul-gateway-3-consul-protobox.pool").dependencies;
    assert.ok(!last.includes(commandOf(found, "consul-gateway-2-consul-protobox.pool").urn), "agents in turn");
    assert.match(String(commandOf(found, "consul-gateway-4-packages").plain["stdin"]), /^from hashicorp consul$/m);
    assert.match(String(commandOf(found, "consul-gateway-1-consul-protobox.pool").plain["stdin"]), /BEGIN CERTIFICATE/);
    assert.ok(!found.some(({ name }) => name.includes("webserver-1-consul")), "who is not on its network has no agent");
  });

  it("has no secret in plain, and each host no more than its own", async () => {
    const box = consulBox();
    const found = await registrationsOf("config: {}", () => new ConsulCluster("consul", { box }), states);
    const all = consulSecretsOf(generated);
    const own = (host: string): string => all.tokenOf(`gatebox-agent-${host}`).secret;
    const secrets = [generated, all.gossipKey, all.management, own("gateway-1"), own("gateway-4"), all.tokenOf("gatebox-ui").secret]; // prettier-ignore
    const plain = JSON.stringify(found.map((one) => one.plain));
    for (const secret of secrets) assert.ok(!plain.includes(secret));
    const texts = commandOf(found, "consul-gateway-1-consul-secrets-consul-protobox.secrets").secrets.join("\n");
    assert.ok(texts.includes(own("gateway-1")) && texts.includes(all.gossipKey));
    assert.ok(!texts.includes(all.management) && !texts.includes(own("gateway-4")));
    const logging = found.filter(({ name }) => name.includes("protobox.secrets")).filter(({ type }) => type === "Command"); // prettier-ignore
    assert.ok(logging.length > 5 && logging.every((one) => one.plain["logging"] === "none"));
  });

  it("takes a gossip key that is given, and refuses one that is none without quoting it", async () => {
    const box = consulBox();
    const key = Buffer.alloc(32, 7).toString("base64");
    const found = await registrationsOf(
      "config: {}",
      () => new ConsulCluster("consul", { box, gossipKey: key }),
      states,
    );
    assert.ok(commandOf(found, "consul-gateway-1-consul-secrets-consul-protobox.secrets").secrets.join("").includes(key)); // prettier-ignore
    const short = Buffer.alloc(16, 7).toString("base64");
    await registrationsOf("config: {}", () => {
      assert.throws(
        () => new ConsulCluster("consul", { box, gossipKey: short }),
        (error: Error) => /^consulGossipKey: has 16 bytes, and a gossip key has 32/.test(error.message) && !error.message.includes(short), // prettier-ignore
      );
    });
    assert.match(gossipKeyFault("no key!") ?? "", /is not Base64/);
    assert.equal(gossipKeyFault(key), undefined);
  });

  it("certifies hosts for the names that Consul asks for", () => {
    const text = authorityOf("secret", "protobox").certify("gateway-4", publicKey, [
      "server.box.consul",
      "192.168.1.14",
    ]);
    assert.match(text, /BEGIN CERTIFICATE/);
    assert.notEqual(text, authorityOf("secret", "protobox").certify("gateway-4", publicKey));
  });
});
