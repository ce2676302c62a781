/** Shared volumes, as the model has them. */

/** One brick of a volume of GlusterFS: the directory on a host that holds its copy. */
export interface Brick {
  readonly host: string;
  /** The host's address on the volume's network, by which the others know it. */
  readonly address: string;
  /** Block device of its own; absent where the brick stands on the root file system. */
  readonly device?: string;
  /** GiB that the device has at least. */
  readonly leastGiB?: number;
  /**
   * UUID of its file system: by it a device is known as the one that was made for this brick, whatever name the kernel gives it
   * at the next boot.
   */
  readonly uuid: string;
}

/** Three bricks that hold the same files: three copies, or two and an arbiter. */
export interface ReplicaSet {
  readonly data: readonly Brick[];
  readonly arbiter?: Brick;
}

/** What all shared volumes have. */
interface AnySharedVolume {
  readonly name: string;
  /** Where it is mounted. */
  readonly mountPoint: string;
  /** The hosts that mount it. */
  readonly mountedOn: readonly string[];
}

/** A volume of GlusterFS. */
export interface GlusterVolume extends AnySharedVolume {
  readonly kind: "gluster";
  /** The network that its hosts and its clients meet on. */
  readonly network: string;
  readonly replicaSets: readonly ReplicaSet[];
  /** Seconds until clients go on without a host that has stopped answering. */
  readonly pingTimeoutSeconds: number;
  /** Whether a host without a majority of its trusted pool stops its bricks; absent: where that pool is the volume's own. */
  readonly serverQuorum?: boolean;
}

/** An export of an NFS server that there is already. */
export interface NfsVolume extends AnySharedVolume {
  readonly kind: "nfs";
  readonly server: string;
  readonly export: string;
}

/** A directory of each host itself. */
export interface LocalVolume extends AnySharedVolume {
  readonly kind: "local";
  readonly directory: string;
}

/** A file system that hosts mount at one place. */
export type SharedVolume = GlusterVolume | NfsVolume | LocalVolume;
