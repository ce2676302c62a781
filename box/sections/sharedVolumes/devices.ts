/** How Linux names the partitions of a disk: behind its number where the disk ends in one, and udev's links in words. */
const partitions: readonly RegExp[] = [
  /^(\/dev\/(?:[shv]d|xvd)[a-z]+)\d+$/,
  /^(\/dev\/(?:[A-Za-z]+\/)*[A-Za-z0-9_-]*\d)p\d+$/,
  /^(\/dev\/disk\/by-(?:id|path|diskseq)\/.+)-part\d+$/,
];

/** Whether a device is a partition of a disk, by their names. What else is one and the same only their host can say. */
export function partOf(device: string, disk: string): boolean {
  return partitions.some((partition) => partition.exec(device)?.[1] === disk);
}
