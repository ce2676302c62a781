/** The cluster's side of the box, taken away and given back: its hosts are as if it had never been, and no file is lost. */
import assert from "node:assert/strict";
import { allNodesReady, cluster } from "./registryBox.ts";
import { PLACE, VOLUMES } from "./volumes.ts";
import { CONFIGURED, edited, onHost, restore, runOnHost, up, withoutCluster, world } from "./world.ts";

const FILE = `${PLACE}/gatebox-removed`;

/** The sections, with those that need them: the registry keeps its images on a volume, containerd asks the registry. */
const SECTIONS = ["controlPlane", "sharedVolumes", "registry", "containerRuntime"];

/** Lines of an inventory that are there only for these sections; a package's own files are none of them. */
const theirs = [
  /^(file|link) \/etc\/(gatebox|systemd|sysctl\.d|modules-load\.d|tmpfiles\.d)\/\S*(gluster|control[-_]plane|shared[-_]mounts|storage|brick|clock|registry|containerd\.service\.d)/,
  /^link \/usr\/lib\/ssl\/glusterfs/,
  /^unit (gatebox-(bricks|clock|control|gluster|registry|shared)|glusterd|docker-registry|srv-gatebox|storage-)/,
  /^mount \/(srv\/gatebox|storage)/,
  /^listener tcp \S+:(6442|24006|24007|5000|5001|8406)$/,
];
const isTheirs = (line: string): boolean => theirs.some((one) => one.test(line));

type Inventory = ReadonlyMap<string, readonly string[]>;

/** What each host has been configured with, a line for each thing: `file PATH SUM`, `unit NAME`, and so on. */
async function inventory(): Promise<Inventory> {
  const { lab } = await world();
  const found = CONFIGURED.map(async (host) => {
    const lines = (await runOnHost(lab, host, "inventory.sh")).split("\n");
    return [host, lines] as const;
  });
  return new Map(await Promise.all(found));
}

/** Things of one inventory whose names another has not, as `HOST THING NAME`. */
function beyond(one: Inventory, other: Inventory): string[] {
  const nameOf = (line: string): string => line.split(" ").slice(0, line.startsWith("listener") ? 3 : 2).join(" "); // prettier-ignore
  return [...one].flatMap(([host, lines]) => {
    const known = new Set(other.get(host)?.map(nameOf));
    return lines.map(nameOf).filter((name) => !known.has(name)).map((name) => `${host} ${name}`); // prettier-ignore
  });
}

const firstOf = (hosts: readonly string[]): string => hosts[0] ?? "";

(withoutCluster ? describe.skip : describe)("the API's load balancer and the shared volumes", () => {
  let whole: Inventory;

  before(async () => {
    const box = await world();
    await restore(box);
    for (const [volume, hosts] of Object.entries(VOLUMES))
      await onHost(box.lab, firstOf(hosts), `echo ${volume} >${FILE}; sync -f ${PLACE}`);
    whole = await inventory();
  });

  after(async () => {
    const box = await world();
    await restore(box);
    for (const hosts of Object.values(VOLUMES)) await onHost(box.lab, firstOf(hosts), `rm -f ${FILE}`);
  });

  it("leave hosts as if they had never been, and what is on the bricks", async () => {
    const { lab, stack } = await world();
    await stack.configure(
      await edited((config) => SECTIONS.forEach((section) => config.deleteIn(["config", `gatebox:${section}`]))),
    );
    await up(stack);
    const without = await inventory();
    // What containerd had before Gatebox, and what Debian writes for SysV's init beside each unit that is disabled.
    const given = / file \/etc\/containerd\/config\.toml$| link \/etc\/rc[0-6]\.d\//;
    const more = beyond(without, whole).filter((line) => !given.test(line));
    assert.deepEqual(more, [], "things that were not there before");
    for (const [host, lines] of without) assert.deepEqual(lines.filter(isTheirs), [], `left on ${host}`);
    const gone = beyond(whole, without);
    for (const host of ["master-1 unit gatebox-control-plane.service", "gateway-4 mount /storage/shared"])
      assert.ok(gone.includes(host), `${host} was not there, or still is`);
    for (const hosts of Object.values(VOLUMES))
      for (const host of hosts)
        assert.match(await onHost(lab, host, "cat /srv/gatebox/bricks/README"), /\/brick|directory brick/);
  });

  it("come back with every file, and the cluster is asked at the same address", async () => {
    const box = await world();
    await restore(box);
    assert.deepEqual(beyond(whole, await inventory()), [], "things that did not come back");
    for (const [volume, hosts] of Object.entries(VOLUMES))
      for (const host of hosts) assert.equal(await onHost(box.lab, host, `cat ${FILE}`), volume, host);
    await allNodesReady(box.lab);
    assert.match(await cluster(box.lab, ["get", "nodes", "--no-headers"]), /^gateway-1 +Ready /m);
  });
});
