import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { containerd } from "../../lab/cluster/containerd.ts";
import { buildPodImage, type PodImage } from "../../lab/pods/image.ts";
import { run } from "../../lab/run.ts";
import { answerOfPod, authorityOf, generatedPassword, push, REGISTRY } from "../../lab/registry/index.ts";
import {
  allNodesReady,
  cargo,
  cluster,
  DIRECTORY,
  findSecrets,
  givePasswords,
  RUNNING,
  secretsOfEdge,
  services,
  statusOfRegistry,
  STORING,
  watched,
  withoutContainers,
} from "./registryBox.ts";
import { CONFIGURED, failingUp, onHost, restore, up, WEB, withoutCluster, world } from "./world.ts";

/** What containerd of each node reads, and what is set aside or put beside it. */
const CONFIGURATION =
  "sha256sum </etc/containerd/config.toml; find /etc/containerd /etc/crictl.yaml* /etc/nerdctl /etc/systemd/system/containerd.service* 2>/dev/null || true";

/** The same of a node whose containerd is as the lab has made it. */
function configurationOfLab(image: PodImage): string {
  const files = containerd(image).files.map((file) => file.path);
  const [, text = ""] = containerd(image).files.map(({ content }) => content);
  const sum = createHash("sha256").update(text).digest("hex");
  return [`${sum}  -`, "/etc/containerd", ...files.toSorted()].join("\n");
}

async function configurations(): Promise<Readonly<Record<string, string>>> {
  const { lab } = await world();
  const found: Record<string, string> = {};
  for (const host of RUNNING) found[host] = await onHost(lab, host, CONFIGURATION);
  return found;
}

/** Which of the web servers holds an address. */
async function holderOf(address: string): Promise<string> {
  const { lab } = await world();
  for (const host of WEB) if (await onHost(lab, host, `ip -o -4 address show to ${address}`)) return host;
  return "none of them";
}

(withoutCluster ? describe.skip : describe)("the box's registry, and containerd that pulls from it", () => {
  const image = `${REGISTRY}/lab/web:1`;
  const labels = { "gatebox-test": "registry" };
  // Nothing that a program would quote: it is found wherever it stands.
  const given = "given0123456789abcdefghijklmnop";
  let built: PodImage;
  let generated: string;
  let digests: readonly string[];
  let pods: object;
  let printed = "";

  before(async () => {
    const box = await world();
    await restore(box);
    await allNodesReady(box.lab);
    built = await buildPodImage();
    generated = await generatedPassword(box.stack);
    pods = await cargo(box.lab);
  });

  after(async () => {
    const box = await world();
    await cluster(box.lab, ["delete", "pod", "--selector=gatebox-test=registry", "--wait=true"]);
    await restore(box);
  });

  // Each goes on where the one before it ended.
  let failed = false;
  beforeEach(function () {
    if (failed) this.skip();
  });
  afterEach(function () {
    failed ||= this.currentTest?.state === "failed";
  });

  it("let in whoever has the password, from everywhere in the box", async () => {
    const { lab } = await world();
    for (const host of ["client", "node-1", "gateway-1"]) {
      assert.equal(await statusOfRegistry(lab, host), 401, host);
      assert.equal(await statusOfRegistry(lab, host, `box:${generated}`), 200, host);
    }
  });

  it("take a push, which is then on the volume of all hosts", async () => {
    const { lab, stack } = await world();
    digests = await push(lab, built, { name: "lab/web", tag: "1" }, generated, await authorityOf(lab, stack));
    for (const host of STORING)
      for (const digest of digests) {
        const blob = `${DIRECTORY}/docker/registry/v2/blobs/sha256/${digest.slice(0, 2)}/${digest}/data`;
        assert.equal((await onHost(lab, host, `sha256sum <'${blob}'`)).split(" ")[0], digest, host);
      }
  });

  it("run a pod whose image is fetched with the password", async () => {
    const { lab } = await world();
    assert.equal((await answerOfPod(lab, "pulled", image, labels)).pod, "pulled");
    await allNodesReady(lab);
    pods = await cargo(lab);
  });

  it("restart nothing for another password, with which the next pod's image is fetched", async () => {
    const box = await world();
    const { lab, stack } = box;
    const running = await services(lab, CONFIGURED);
    await givePasswords(box, { [REGISTRY]: given });
    const preview = await stack.pulumi(["preview", "--diff"]);
    assert.equal(preview.code, 0, preview.stderr);
    printed += `${preview.stdout}${preview.stderr}${await watched(lab, ["node-1", STORING[0]], () => up(stack))}`;
    assert.deepEqual(await services(lab, CONFIGURED), running);
    assert.deepEqual(await cargo(lab), pods);
    assert.equal(await statusOfRegistry(lab, "node-1", `box:${generated}`), 401);
    assert.equal((await answerOfPod(lab, "pulled-again", image, labels)).pod, "pulled-again");
    pods = await cargo(lab);
  });

  it("refuse a wrong password when it is applied, in the registry's own words", async () => {
    const box = await world();
    const running = await services(box.lab, CONFIGURED);
    const wrong = "wrong0123456789abcdefghijklmnop";
    await givePasswords(box, { [REGISTRY]: given, [`${REGISTRY}:443`]: wrong });
    const refused = await failingUp(box.stack);
    assert.match(refused, /https:\/\/registry\.protobox:443\/v2\/ refuses the user or the password \(status 401\)/);
    assert.match(refused, /"code":"UNAUTHORIZED"/);
    assert.ok(!refused.includes(wrong));
    printed += refused;
    assert.deepEqual(await services(box.lab, CONFIGURED), running);
    assert.deepEqual(await cargo(box.lab), pods);
  });

  it("answer while the first of their hosts does not", async () => {
    const { lab } = await world();
    await onHost(lab, STORING[0], "systemctl stop docker-registry");
    try {
      assert.equal(await statusOfRegistry(lab, "node-1", `box:${given}`), 200);
    } finally {
      await onHost(lab, STORING[0], "systemctl start docker-registry");
    }
  });

  for (const host of WEB)
    it(`are found while ${host} alone is left of the web servers`, async () => {
      const { lab } = await world();
      const [other = ""] = WEB.filter((one) => one !== host);
      const places = ["192.168.0.33", "192.168.2.254"];
      const were = await Promise.all(places.map(holderOf));
      await onHost(lab, other, "systemctl stop keepalived nginx");
      try {
        await eventually(async () => {
          assert.deepEqual(await Promise.all(places.map(holderOf)), [host, host]);
          for (const asking of ["node-1", "gateway-1", "client"])
            assert.equal(await statusOfRegistry(lab, asking, `box:${given}`), 200, asking);
        });
      } finally {
        await onHost(lab, other, "systemctl start nginx keepalived");
      }
      await eventually(async () => {
        assert.deepEqual(await Promise.all(places.map(holderOf)), were);
      });
    });

  it("show no secret in the state, a preview, a journal, a process list or a file that anybody may read", async () => {
    const { lab, stack } = await world();
    const login = [generated, given].flatMap((one) => [one, Buffer.from(`box:${one}`).toString("base64").slice(4, -4)]);
    const secrets = [...login, ...(await secretsOfEdge(stack))];
    for (const secret of secrets) assert.ok(!printed.includes(secret));
    const state = path.join(lab.directory, "pulumi/state");
    const found = await run("grep", ["-rlF", ...secrets.flatMap((one) => ["-e", one]), state], { timeoutSeconds: 60 });
    assert.equal(found.stdout, "");
    const search = CONFIGURED.map(async (host) => [host, await findSecrets(lab, host, secrets)] as const);
    for (const [host, { kept, places }] of await Promise.all(search)) {
      assert.deepEqual(places, [], host);
      const keeps = [...RUNNING, ...STORING, ...WEB].includes(host as never);
      assert.equal(kept > 0, keeps, `${host}: ${kept} files hold a secret`);
    }
  });

  it("leave containerd as it was and every pod alive when they are removed, and the images where they are", async () => {
    const box = await world();
    await withoutContainers(box);
    await up(box.stack);
    assert.deepEqual(
      await configurations(),
      Object.fromEntries(RUNNING.map((host) => [host, configurationOfLab(built)])),
    );
    assert.deepEqual(await cargo(box.lab), pods);
    const blobs = await onHost(box.lab, STORING[1], `find ${DIRECTORY}/docker -name data`);
    for (const digest of digests) assert.ok(blobs.includes(digest));
    assert.equal(await onHost(box.lab, STORING[0], "systemctl is-active docker-registry || true"), "inactive");
  });

  it("come up while every pod runs on and every node stays ready", async () => {
    const box = await world();
    await restore(box);
    assert.deepEqual(await cargo(box.lab), pods);
    assert.equal(await statusOfRegistry(box.lab, "node-1", `box:${await generatedPassword(box.stack)}`), 200);
  });
});

/** Waits until something holds: addresses move within seconds, and back only when their host has been well for a while. */
async function eventually(holds: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await holds();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(200);
  }
}
