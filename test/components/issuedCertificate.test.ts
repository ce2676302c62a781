import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { ContainerRuntime, WebserverPool } from "../../components/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { parseProtobox } from "../box/parsing.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const secret = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(2);
const states = { "webservers-authority": { result: secret }, "edge-authority": { result: secret } };
const boxOf = () =>
  parseProtobox({
    "webservers.serverNames": ["protobox.test", "registry.protobox"],
    "webservers.tls": { issuedByBox: true },
    containerRuntime: {
      pools: ["nodes-pool"],
      network: "box-network",
      registries: { "registry.protobox": { username: "box" }, "quay.io": {} },
    },
  });
const passwords = { "registry.protobox": "hunter2" };

/** What is registered, the authority's certificate, and what the program ends with. */
async function run(program: () => { readonly authority?: pulumi.Output<string> | undefined } | undefined) {
  let authority = "";
  let isSecret = true;
  let error = "";
  const found = await registrationsOf(
    "config: {}",
    async () => {
      try {
        const output = program()?.authority;
        if (output === undefined) return;
        isSecret = await pulumi.isSecret(output);
        authority = await new Promise((resolve) => output.apply(resolve));
      } catch (thrown) {
        assert.ok(pulumi.RunError.isInstance(thrown) || pulumi.ResourceError.isInstance(thrown), String(thrown));
        error = thrown.message;
      }
    },
    states,
  );
  return { found, authority, isSecret, error };
}

const textOf = ({ plain, secrets }: Registration): string =>
  plain["stdin"] === "[secret]"
    ? (secrets.find((one) => one.startsWith("gatebox-unit ")) ?? "")
    : String(plain["stdin"]);
const commandOf = (found: readonly Registration[], name: string): Registration =>
  found.find((one) => one.type === "Command" && one.name === name) ?? assert.fail(`no ${name}`);
const pem = (text: string, what: string): string => {
  const block = new RegExp(`-----BEGIN ${what}-----[^]*?-----END ${what}-----`).exec(text)?.[0];
  return (block ?? assert.fail(`no ${what}`)).replaceAll("\n|", "\n");
};

describe("a certificate that the box issues", () => {
  it("is what every web server shows, and what nodes know the registry by", async () => {
    const box = boxOf();
    const { found, authority, isSecret, error } = await run(() => {
      const webservers = new WebserverPool("webservers", { box });
      new ContainerRuntime("runtime", { box, passwords }, { dependsOn: webservers });
      return webservers;
    });
    assert.deepEqual([error, isSecret], ["", false]);
    const signer = new X509Certificate(authority);
    const shown = ["webserver-1", "webserver-2"].map((host) => textOf(commandOf(found, `webservers-${host}-tls-webserver-protobox.tls`))); // prettier-ignore
    assert.equal(pem(shown[0] ?? "", "CERTIFICATE"), pem(shown[1] ?? "", "CERTIFICATE"));
    const certificate = new X509Certificate(pem(shown[0] ?? "", "CERTIFICATE"));
    assert.ok(certificate.verify(signer.publicKey) && certificate.checkHost("registry.protobox"));
    assert.ok(certificate.checkIP("192.168.0.33"), "the virtual IP");
    assert.ok(certificate.checkPrivateKey(createPrivateKey(pem(shown[0] ?? "", "PRIVATE KEY"))));
    const base = textOf(commandOf(found, "runtime-node-1-container-runtime-protobox.pool"));
    assert.match(base, /^file certs\.d\/registry\.protobox\/ca\.pem 0644$/m);
    assert.equal(`${pem(base, "CERTIFICATE")}\n`, authority);
    const logins = textOf(commandOf(found, "runtime-node-1-registries-container-runtime-protobox.registries"));
    assert.match(logins, /^\|ca = "ca\.pem"$/m);
    assert.match(logins, /^\|cacert = "[^"]+\/registry\.protobox\/ca\.pem"$/m);
  });

  it("shows nothing of its secret or its key but to the web servers", async () => {
    const box = boxOf();
    const { found } = await run(() => {
      const webservers = new WebserverPool("webservers", { box });
      new ContainerRuntime("runtime", { box, passwords }, { dependsOn: webservers });
    });
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), new RegExp(`PRIVATE|${secret.slice(0, 12)}`));
    const holders = found.filter(({ secrets }) => secrets.some((one) => /PRIVATE KEY/.test(one)));
    assert.deepEqual(
      holders.map(({ name, plain }) => [name, plain["logging"]]),
      ["webserver-1", "webserver-2"].map((host) => [`webservers-${host}-tls-webserver-protobox.tls`, "none"]),
    );
    const password = found.find(({ type }) => type === "RandomPassword");
    assert.deepEqual([password?.name, password?.secretOutputs], ["webservers-authority", ["bcryptHash", "result"]]);
  });

  it("is made for web servers that no box describes, too", async () => {
    const { found, authority } = await run(
      () =>
        new WebserverPool("edge", {
          networks: { site: "10.20.0.0/24", back: "10.30.0.0/24" },
          connection: { network: "site" },
          hosts: {
            "web-1": {
              addresses: { site: "10.20.0.11", back: "10.30.0.11" },
              macAddresses: { site: "02:00:00:00:00:01", back: "02:00:00:00:00:02" },
              hostKey: hostKeyFor("web-1"),
            },
          },
          network: "site",
          upstreamNetwork: "back",
          serverNames: ["app.site"],
          tls: { issuedByBox: true },
        }),
    );
    const shown = new X509Certificate(
      pem(textOf(commandOf(found, "edge-web-1-tls-webserver-edge.tls")), "CERTIFICATE"),
    );
    assert.ok(shown.verify(new X509Certificate(authority).publicKey) && shown.checkHost("app.site"));
  });

  it("is known to nodes of another stack by the certificate that they are given", async () => {
    const { found } = await run(() => {
      new ContainerRuntime("runtime", { box: boxOf(), passwords, authority: "CERTIFICATE OF ANOTHER STACK" });
    });
    const base = textOf(commandOf(found, "runtime-node-1-container-runtime-protobox.pool"));
    assert.match(base, /^\|CERTIFICATE OF ANOTHER STACK$/m);
  });

  it("is asked for where it is not known", async () => {
    const { found, error } = await run(() => {
      new ContainerRuntime("runtime", { box: boxOf(), passwords });
    });
    assert.equal(
      error,
      "webservers.tls.issuedByBox is true, and the authority's certificate is not known here: make the WebserverPool first, " +
        "or give authority, the output of the stack that makes it",
    );
    assert.deepEqual(found.filter(({ type }) => type === "Command"), []); // prettier-ignore
  });

  it("is none where it is not asked for", async () => {
    const { found } = await run(() => {
      const { authority } = new WebserverPool("webservers", { box: parseProtobox() });
      assert.equal(authority, undefined);
    });
    assert.ok(!found.some(({ type, name }) => type === "RandomPassword" || name.includes("-tls")));
  });
});
