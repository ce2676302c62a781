import { z } from "zod";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { named, referenceTo } from "../../schema/references.ts";
import { address, name } from "../../schema/scalars.ts";

/** Words of Gluster's own, and what stands for them here. */
const explainKey: KeyExplanation = (key) => {
  switch (key) {
    case "replica":
    case "bricks":
      return "write replicaSets: each names the hosts that hold its copies under data";
    case "mountpoint":
    case "mount_point":
    case "path":
      return "write mountPoint";
    case "pool":
      return "write clients for pools that mount it; the hosts of its copies are named in replicaSets";
    default:
      return undefined;
  }
};

const brick = closed({
  host: referenceTo("hosts").describe("Host of the brick."),
  device: z
    .string()
    .regex(
      /^\/dev\/(?:[A-Za-z0-9_][A-Za-z0-9_.:+@-]*\/)*[A-Za-z0-9_][A-Za-z0-9_.:+@-]*$/,
      "is not a block device such as /dev/vdb or /dev/disk/by-id/virtio-brick",
    )
    .optional()
    .describe(
      "Block device of its own, empty: it becomes an XFS file system with nothing but the brick. A device with data, a " +
        "partition table or a mount is refused.",
    ),
  leastGiB: z
    .int()
    .min(1, "is not a size: write the least GiB of the device, or leave it out")
    .optional()
    .describe("GiB that the device has at least. A smaller one is refused before anything is made. Default: any size."),
});

const replicaSet = closed({
  data: z
    .array(brick)
    .min(1, "is empty: name the hosts that hold a whole copy each")
    .describe("Three bricks with a whole copy each, or two beside an `arbiter`."),
  arbiter: brick
    .optional()
    .describe("Third vote beside two copies: a brick that keeps the names of files, and nothing of what is in them."),
});

const mountPoint = z
  .string()
  .regex(
    /^(?:\/[A-Za-z0-9_][A-Za-z0-9_.]*)+$/,
    'is not a mount point: write an absolute path of letters, digits, "_" and ".", such as /storage/shared',
  )
  .default("/storage/shared")
  .describe("Where it is mounted. Default `/storage/shared`.");

const clients = z.array(referenceTo("pools"));
const atLeastOne = "is empty, and it would be mounted nowhere: name the pools whose hosts mount it";

const notPingTimeout =
  "is not a ping time-out: write 5 to 42 (seconds); a shorter one takes a busy host for a dead one";

const gluster = closed(
  {
    kind: z.literal("gluster").describe("GlusterFS: several hosts hold a copy each."),
    mountPoint,
    clients: clients
      .default([])
      .describe("Pools whose hosts mount it too. The hosts of its copies do so without being named. Default: none."),
    network: referenceTo("networks").describe(
      "Network on which its hosts reach each other, and clients reach them. All of them are on it.",
    ),
    replicaSets: z
      .array(replicaSet)
      .min(1, "is empty: name at least one set of three bricks")
      .describe(
        "Sets of three bricks that hold the same files. A volume grows by further sets, written behind the others.",
      ),
    allowOnRootFilesystem: z
      .boolean()
      .default(false)
      .describe(
        "Whether a brick without `device` may stand on the root file system, for trials: a full volume is a full host. " +
          "Default `false`.",
      ),
    pingTimeoutSeconds: z
      .int()
      .min(5, notPingTimeout)
      .max(42, notPingTimeout)
      .default(10)
      .describe(
        "Seconds until clients go on without a host that has stopped answering. Default 10 (Gluster's own is 42).",
      ),
    serverQuorum: z
      .boolean()
      .optional()
      .describe(
        "Whether a host that sees no majority of its trusted pool stops its bricks. Default: where the volume's hosts are " +
          "all of the trusted pool. Clients ask for two of three bricks in any case.",
      ),
  },
  explainKey,
);

const nfs = closed(
  {
    kind: z.literal("nfs").describe("An NFS server that there is already."),
    mountPoint,
    clients: clients.min(1, atLeastOne).describe("Pools whose hosts mount it."),
    server: address.describe("Address of the NFS server."),
    export: z
      .string()
      .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*)+$/, "is not an export such as /srv/shared")
      .describe("What the server exports, an absolute path."),
  },
  explainKey,
);

const local = closed(
  {
    kind: z.literal("local").describe("A directory of the host itself. Nothing is shared between hosts."),
    mountPoint,
    clients: clients.min(1, atLeastOne).describe("Pools whose hosts have it."),
    directory: z
      .string()
      .regex(/^(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/, "is not an absolute path such as /srv/shared")
      .describe("The directory. It is made where there is none."),
  },
  explainKey,
);

const sharedVolume = z.discriminatedUnion("kind", [gluster, nfs, local], {
  error: "is not a kind of volume: write gluster, nfs or local",
});

/** Section `sharedVolumes`: file systems that several hosts mount. */
export const schema = named(name, sharedVolume)
  .default({})
  .describe(
    "File systems that several hosts mount at one place, by name: GlusterFS, an NFS server, or a local directory.",
  );
