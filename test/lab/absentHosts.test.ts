import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseBox, sectionsOf, type Box } from "../../box/index.ts";
import { withoutDisks, withoutHosts } from "../../lab/absentHosts.ts";
import { askingResolvers } from "../../lab/nameServers.ts";
import { onHostsInContainers } from "../../lab/hostsInContainers.ts";
import { fetchingFromLab } from "../../lab/ownRepository.ts";
import { project, stackFile } from "../../lab/stack.ts";
import { bricksOf } from "../../render/gluster/trustedPools.ts";
import { parseProtobox } from "../box/parsing.ts";
import { protoboxFiles, wholeProtoboxValues } from "../box/protobox.ts";

const text = `config:
  gatebox:hosts:
    master-1: { addresses: { box-network: 192.168.1.21 } }
    master-2: { addresses: { box-network: 192.168.1.22 } }
  gatebox:pools:
    masters-pool: [master-1, master-2, master-3]
  gatebox:virtualIps:
    kube: { pool: masters-pool, priorities: { master-1: 200, master-2: 100, master-3: 50 }, address: 192.168.1.10 }
`;

describe("the stack file of a lab that has not all hosts", () => {
  it("has them in no pool and at no priority, and declares them still", () => {
    assert.deepEqual(parse(withoutHosts(text, ["master-2", "master-3"])), {
      config: {
        "gatebox:hosts": {
          "master-1": { addresses: { "box-network": "192.168.1.21" } },
          "master-2": { addresses: { "box-network": "192.168.1.22" } },
        },
        "gatebox:pools": { "masters-pool": ["master-1"] },
        "gatebox:virtualIps": {
          kube: { pool: "masters-pool", priorities: { "master-1": 200 }, address: "192.168.1.10" },
        },
      },
    });
  });

  it("is the same, byte for byte, where none is absent", () => {
    assert.equal(withoutHosts(text, []), text);
  });

  it("differs in pools alone for the Protobox without its further masters and nodes", async () => {
    const whole = await stackFile(project, "protobox");
    type File = { config: Record<string, Record<string, unknown>> };
    const before = (parse(whole) as File).config;
    const after = (parse(withoutHosts(whole, ["master-2", "master-3", "node-2"])) as File).config;
    assert.deepEqual(after["gatebox:pools"]?.["masters-pool"], ["master-1"]);
    assert.deepEqual(after["gatebox:pools"]["nodes-pool"], ["node-1"]);
    assert.deepEqual(after["gatebox:hosts"], before["gatebox:hosts"]);
    assert.deepEqual(Object.keys(after), Object.keys(before));
  });
});

describe("the stack file of a lab whose machine has no loop devices", () => {
  it("is a sound one, with the same bricks, all of them on root file systems", async () => {
    const { config } = parse(withoutDisks(await stackFile(project, "protobox"))) as { config: Record<string, unknown> };
    const values = sectionsOf(config);
    const readFile = (file: string): string | undefined => protoboxFiles[file];
    const box = parseBox({ name: "protobox", values, readFile, hostKeys: "optional" });
    const whole = parseProtobox(wholeProtoboxValues());
    const bricks = (one: Box) =>
      Object.values(one.sharedVolumes).flatMap((volume) => (volume.kind === "gluster" ? bricksOf(volume) : []));
    assert.deepEqual(bricks(box).map(({ host }) => host), bricks(whole).map(({ host }) => host)); // prettier-ignore
    assert.deepEqual(bricks(box).map(({ device }) => device), bricks(box).map(() => undefined)); // prettier-ignore
    assert.ok(bricks(whole).every(({ device }) => device !== undefined));
  });
});

describe("the stack file of hosts that are containers", () => {
  it("takes over their containerd, as they need it, and is the same in all else", async () => {
    const whole = await stackFile(project, "protobox");
    const fitted = onHostsInContainers(whole, "pods.box/pause:1");
    const runtimeOf = (text: string) =>
      (parse(text) as { config: Record<string, Record<string, unknown>> }).config["gatebox:containerRuntime"] ?? {};
    const own = { adopt: true, systemdCgroup: false, restrictOomScoreAdj: true, disableApparmor: true, sandboxImage: "pods.box/pause:1" }; // prettier-ignore
    assert.deepEqual(runtimeOf(fitted), { ...runtimeOf(whole), ...own });
    for (const key of Object.keys(own)) assert.ok(!(key in runtimeOf(whole)), `${key} is for labs alone`);
    const others = (text: string) => {
      const { config } = parse(text) as { config: Record<string, unknown> };
      return Object.entries(config).filter(([section]) => section !== "gatebox:containerRuntime");
    };
    assert.deepEqual(others(fitted), others(whole));
    assert.equal(onHostsInContainers("config: {}\n", "x"), "config: {}\n");
  });
});

describe("the stack file of a lab with packages of its own", () => {
  it("takes them from the lab by the lab's key, and differs in nothing else", async () => {
    const whole = await stackFile(project, "protobox");
    type File = { config: Record<string, unknown> };
    const [before, after] = [whole, fetchingFromLab(whole, "a key\n")].map((one) => (parse(one) as File).config);
    const hashicorp = { url: "http://100.64.0.1:8100", suite: "lab", components: ["main"], key: "a key\n" };
    assert.deepEqual(after?.["gatebox:aptRepositories"], { hashicorp });
    const repositories = before?.["gatebox:aptRepositories"];
    assert.deepEqual({ ...after, "gatebox:aptRepositories": repositories }, before);
    assert.equal(fetchingFromLab(text, "a key\n"), text);
  });
});

describe("the stack file of a lab with name servers", () => {
  it("asks those of the lab's uplink, and differs in nothing else", async () => {
    const whole = await stackFile(project, "protobox");
    type File = { config: Record<string, Record<string, unknown>> };
    const [before, after] = [whole, askingResolvers(whole, ["100.64.0.1"], ["mirror.lab.example"])].map(
      (one) => (parse(one) as File).config,
    );
    assert.deepEqual(after?.["gatebox:dns"]?.["forwarders"], ["100.64.0.1"]);
    const { allowPrivateAnswers, ...dns } = after["gatebox:dns"];
    assert.deepEqual(allowPrivateAnswers, ["mirror.lab.example"]);
    const forwarders = before?.["gatebox:dns"]?.["forwarders"];
    assert.deepEqual({ ...after, "gatebox:dns": { ...dns, forwarders } }, before);
    assert.equal(askingResolvers(text, ["100.64.0.1"], []), text);
  });
});
