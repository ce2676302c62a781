import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { SharedVolumes } from "../../components/index.ts";
import { payload } from "../../host/payload.ts";
import { boxUnits, certificateText } from "../../render/boxUnits.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { parseProtobox } from "../box/parsing.ts";
import { sharedVolumes, webShared } from "../box/sharedVolumes.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const box = parseProtobox({ sharedVolumes: { ...sharedVolumes, "web-shared": { ...webShared, clients: ["nodes-pool"], network: "gateway-network" } } , "hosts.node-1.addresses.gateway-network": "192.168.2.51", "hosts.node-2.addresses.gateway-network": "192.168.2.52", "hosts.node-1.hostKey": hostKeyFor("node-1") , "hosts.node-2.hostKey": hostKeyFor("node-2") }); // prettier-ignore
const secret = "s".repeat(64);
// Any key serves: the public part of one that a host would have made.
const publicKey =
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
const servers = ["gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5", "webserver-1", "webserver-2"];
const hosts = [...servers, "node-1", "node-2"];
const states = {
  "shared-volumes-authority": { result: secret },
  ...Object.fromEntries(hosts.map((host) => [`shared-volumes-${host}-key`, { stdout: publicKey }])),
};

const commandOf = (found: readonly Registration[], name: string): Registration =>
  found.find((each) => each.type === "Command" && each.name === name) ?? assert.fail(`no command ${name}`);

describe("SharedVolumes", () => {
  let found: readonly Registration[];
  before(async () => {
    found = await registrationsOf("config: {}", () => new SharedVolumes("shared-volumes", { box }), states);
  });

  it("sends each host the files that gatebox render shows, and its certificate", () => {
    const mine = boxUnits(box, "gatebox").filter(({ assembly }) => /^(?:gluster|shared)/.test(assembly));
    assert.equal(mine.length, 9 + 7 + 9);
    const part = { gluster: "gluster", "gluster-volumes": "volumes", "shared-mounts": "mounts" } as Readonly<Record<string, string>>; // prettier-ignore
    for (const unit of mine) {
      const name = `shared-volumes-${part[unit.assembly] ?? ""}-${unit.host}-${unit.assembly}-protobox.pool`;
      const sent = String(commandOf(found, name).plain["stdin"]);
      const certificates = sent.replace(/(?:^\|.*\n)*?(?:^\|-----BEGIN CERTIFICATE-----\n(?:\|.*\n)*?\|-----END CERTIFICATE-----\n)/gm, `|${certificateText}`); // prettier-ignore
      assert.equal(certificates, payload(unit), name);
      if (unit.assembly !== "gluster") continue;
      const [authority, own] = [...sent.matchAll(/\|-----BEGIN[\s\S]*?END CERTIFICATE-----/g)]
        .map(([text]) => new X509Certificate(text.replace(/^\|/gm, "")))
        .sort((one, other) => Number(other.ca) - Number(one.ca));
      assert.equal(own?.subject, `CN=${unit.host}`);
      assert.ok(authority?.ca && own.verify(authority.publicKey));
    }
  });

  it("makes a key on each host first, then runs the servers, then makes the volumes, then what is no server (any more), and mounts them at last", () => {
    const waits = (later: string, sooner: string): void =>
      assert.ok(commandOf(found, later).dependencies.includes(commandOf(found, sooner).urn), `${later}: ${sooner}`);
    const unit = (part: string, host: string, assembly: string): string => `shared-volumes-${part}-${host}-${assembly}-protobox.pool`; // prettier-ignore
    const last = servers.map((host) => unit("volumes", host, "gluster-volumes"));
    for (const host of hosts) {
      const gluster = unit("gluster", host, "gluster");
      waits(`shared-volumes-${host}-key`, `shared-volumes-key-${host}-packages`);
      waits(gluster, `shared-volumes-${host}-key`);
      for (const one of last) {
        if (servers.includes(host)) waits(one, gluster);
        else waits(gluster, one);
        waits(unit("mounts", host, "shared-mounts"), one);
      }
    }
  });

  it("changes the servers of a trusted pool one after the other, whatever pools of the box they are in", () => {
    for (const [part, assembly] of [
      ["gluster", "gluster"],
      ["volumes", "gluster-volumes"],
    ]) {
      // prettier-ignore
      const units = servers.map((host) => commandOf(found, `shared-volumes-${part}-${host}-${assembly}-protobox.pool`));
      const sooner = units.map(({ dependencies }) => units.filter(({ urn }) => dependencies.includes(urn)).length);
      assert.deepEqual(
        sooner.sort(),
        [0, 1, 2, 3, 4, 5, 6],
        `${part}: each has one more before it than the one before it`,
      );
    }
  });

  it("shows no secret in plain, and asks for no private key", () => {
    for (const { name, plain } of found) assert.ok(!JSON.stringify(plain).includes(secret), name);
    assert.doesNotMatch(JSON.stringify(found), /PRIVATE KEY/);
    const password = found.find(({ type }) => type === "RandomPassword");
    assert.equal(password?.name, "shared-volumes-authority");
  });

  it("stands alone, of hosts that no box describes", async () => {
    const lan = (number: number, name: string) => ({
      addresses: { lan: `10.20.0.${number}` },
      hostKey: hostKeyFor(name),
    });
    const make = (changes: object = {}) =>
      new SharedVolumes("shared", {
        networks: { lan: "10.20.0.0/24" },
        connection: { network: "lan" },
        hosts: { "a-1": lan(11, "a-1"), "a-2": lan(12, "a-2"), "a-3": lan(13, "a-3") },
        volumes: {
          content: {
            kind: "gluster",
            network: "lan",
            replicaSets: [
              {
                data: [
                  { host: "a-1", device: "/dev/vdb" },
                  { host: "a-2", device: "/dev/vdb" },
                ],
                arbiter: { host: "a-3", device: "/dev/vdb" },
              },
            ],
            ...changes,
          },
        },
      });
    const alone = await registrationsOf("config: {}", () => make());
    assert.equal(alone.filter(({ type }) => type === "HostKey").length, 3);
    const component = alone.find(({ type }) => type === "SharedVolumes");
    assert.match(JSON.stringify(component?.plain), /"content":\{"kind":"gluster","mountPoint":"\/storage\/shared"/);
    await assert.rejects(
      registrationsOf("config: {}", () => make({ mountPoint: "/etc/x" })),
      (error: Error) => pulumi.RunError.isInstance(error) && error.message.includes("content.mountPoint: /etc/x lies in /etc"), // prettier-ignore
    );
  });

  it("is refused where the box has no volume", async () => {
    await assert.rejects(
      registrationsOf("config: {}", () => new SharedVolumes("shared-volumes", { box: parseProtobox() })),
      /sharedVolumes of box protobox has no entry/,
    );
  });
});
