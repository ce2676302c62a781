import assert from "node:assert/strict";
import fc from "fast-check";
import type { Box } from "../../box/index.ts";
import { parseProtobox } from "../box/parsing.ts";
import { cutShort, type Moment } from "./sandbox/cutShort.ts";
import { addressOf, brick, GlusterServers } from "./sandbox/glusterServers.ts";

const hosts = ["gateway-1", "gateway-2", "gateway-3"] as const;

/** Volumes of the three hosts, each with a disk of its own for every one of them. */
function declared(...names: readonly string[]): Box {
  const data = (index: number) => hosts.map((host) => ({ host, device: `/dev/vd${"bcd"[index]}` }));
  const volume = (index: number) => ({ kind: "gluster", network: "gateway-network", replicaSets: [{ data: data(index) }] }); // prettier-ignore
  return parseProtobox({ sharedVolumes: Object.fromEntries(names.map((name, index) => [name, { ...volume(index), mountPoint: `/storage/${name}` }])) }); // prettier-ignore
}

describe("volumes of real servers of GlusterFS whose making was cut off", function () {
  // Some 30 s on a quiet machine; a busy one takes several times that.
  this.timeout(180_000);
  let servers: GlusterServers;
  before(async () => {
    servers = await GlusterServers.start(hosts);
  });
  after(() => servers.stop());

  const other = "/srv/gatebox/bricks/other/brick";
  const unknown = "0123456789abcdef0123456789abcdef";
  const mark = (host: string, id: string): void => void servers.well(host, `mkdir -p ${other}/.glusterfs/00/00 && setfattr -n trusted.glusterfs.volume-id -v 0x${id} ${other}`); // prettier-ignore
  const marks = (host: string, place: string): string => servers.well(host, `getfattr --absolute-names -d -e hex -m . ${place} | sed -n 's/^trusted.//p'`); // prettier-ignore
  const refused = (box: Box, why: RegExp): void => {
    for (const step of ["check", "activate"]) {
      const { code, said } = servers.step(step, box);
      assert.equal(code, 1, said);
      assert.match(said, why);
    }
  };

  it("are made by the ups that come after it, whatever it was cut off at, before or after", () => {
    // The first attempt to make the volume dies when its own brick is marked, and glusterd with it: no other server has heard of the
    // volume, and this one has not kept it.
    const [moments = []] = fc.sample(fc.array(fc.constantFrom<Moment>("before", "after"), { minLength: 6, maxLength: 6 }), 1); // prettier-ignore
    const said = `moments: ${moments.join(" ")}`;
    const killedAt = cutShort(servers, declared("files"), ["after", "after", "marked", ...moments]);
    for (const change of ["peer probe 192.168.2.12", "peer probe 192.168.2.13", "volume create files"])
      assert.ok(killedAt.some((one) => one.startsWith(change)), `${change} is not in ${killedAt.join("; ")}; ${said}`); // prettier-ignore
    servers.apply(declared("files"));
    assert.deepEqual([servers.info().status, servers.info().bricks], ["Started", hosts.map((host) => brick(host))], said); // prettier-ignore
  });

  it("have bricks started whose start was", () => {
    servers.well("gateway-2", "kill -KILL $(pidof glusterfsd)");
    servers.apply(declared("files"));
    assert.match(servers.well("gateway-2", "pidof glusterfsd"), /^\d+$/);
  });

  it("know a brick that has but what GlusterFS makes from one with files, whatever the files are", () => {
    const trial = "/srv/gatebox/bricks/trial/brick";
    const own = [
      "mkdir -p .glusterfs/00/00 && ln -s ../../.. .glusterfs/00/00/00000000-0000-0000-0000-000000000001",
      "mkdir -p .glusterfs/unlink .glusterfs/landfill .glusterfs/ab/cd && echo 1 >.glusterfs/health_check",
      "mkdir -p .glusterfs/indices/xattrop && echo >.glusterfs/indices/xattrop/xattrop-1",
      "mkdir -p .glusterfs-anonymous-inode-1 .glusterfs/1f/2e && ln -s ../../00/00/01/.glusterfs-anonymous-inode-1 .glusterfs/1f/2e/3",
    ];
    const files = [
      "echo data >file",
      "mkdir directory",
      "ln -s nowhere link",
      "mkfifo pipe",
      "echo >.hidden",
      "mkdir -p .glusterfs-anonymous-inode-1/lost",
      "mkdir -p .glusterfs/ab/cd && echo >.glusterfs/ab/cd/abcd0000-0000-0000-0000-000000000000",
      "mkdir -p .glusterfs/landfill && echo >.glusterfs/landfill/deleted",
      "mkdir -p .glusterfs/ab/ce && ln -s ../../00/00/01/directory .glusterfs/ab/ce/1",
    ];
    const generated = fc.tuple(fc.subarray(own), fc.oneof(fc.constant([]), fc.subarray(files, { minLength: 1, maxLength: 2 })), fc.boolean()); // prettier-ignore
    const each = files.map((file): [string[], string[], boolean] => [own, [file], true]);
    const samples = [...each, ...fc.sample(generated, 15)];
    const program = "$(ls /usr/lib/*/glusterfs/peer_gatebox_bricks)";
    const seen = samples.map(([made, laid, marked]) => `rm -rf ${trial} && mkdir -p ${trial} && cd ${trial} && { ${[...made, ...laid, ...(marked ? [`setfattr -n trusted.glusterfs.volume-id -v 0x${unknown} ${trial}`] : []), "true"].join("; ")}; } && ${program} show 192.168.2.12:${trial} 192.168.2.11:${trial} | grep ^brick`); // prettier-ignore
    assert.deepEqual(
      servers.well("gateway-1", seen.join("\n")).split("\n"),
      samples.map(([, laid, marked]) => {
        const found = laid.length > 0 ? "files" : marked ? "marked" : "clean";
        return `brick 192.168.2.11:${trial} ${found} ${marked ? unknown : "-"}`;
      }),
    );
  });

  it("take bricks that are marked for a volume that nobody knows, on whichever servers, where no file is", () => {
    const both = declared("files", "other");
    mark("gateway-1", unknown);
    mark("gateway-3", "f".repeat(32));
    servers.well("gateway-3", `setfattr -n trusted.gfid -v 0x00000000000000000000000000000001 ${other}`);
    servers.well("gateway-2", `mkdir -p ${other} && echo kept >${other}/file`);
    const place = `${addressOf("gateway-2")}:${other} is to be a new brick of the volume other`;
    refused(both, new RegExp(`^${place}, and has files, of no volume, .* \\(mv ${other} ${other}\\.kept && mkdir ${other}\\)`)); // prettier-ignore
    mark("gateway-2", unknown);
    refused(both, new RegExp(`^${place}, and has files, of a volume that no server knows any more \\(${unknown}\\)`));
    assert.equal(servers.info("other").status, undefined);
    assert.equal(marks("gateway-1", other), `glusterfs.volume-id=0x${unknown}`, "nothing is done of what is refused");
    servers.well("gateway-2", `mv ${other} ${other}.kept && mkdir ${other}`);
    servers.apply(both);
    assert.equal(servers.well("gateway-2", `cat ${other}.kept/file`), "kept");
    assert.equal(servers.info("other").status, "Started");
    assert.equal(new Set(hosts.map((host) => /volume-id=\S+/.exec(marks(host, other))?.[0])).size, 1);
  });

  it("take no brick that is marked for a volume that there is", () => {
    const id = /volume-id=0x(\S+)/.exec(marks("gateway-1", other))![1]!;
    const third = "/srv/gatebox/bricks/third/brick";
    servers.well("gateway-2", `mkdir -p ${third} && setfattr -n trusted.glusterfs.volume-id -v 0x${id} ${third}`);
    refused(
      declared("files", "other", "third"),
      /is marked as one of the volume other: if it is not, on 192\.168\.2\.12/,
    );
    assert.equal(marks("gateway-2", third), `glusterfs.volume-id=0x${id}`);
    servers.well("gateway-1", `gluster system:: execute gatebox_bricks free ${addressOf("gateway-1")}:${other} ${id}`);
    assert.match(marks("gateway-1", other), /volume-id/, "a brick of a volume keeps its marks, whoever asks");
  });
});
