/** Where GlusterFS has its places on a host. */
import type { Brick, GlusterVolume } from "../../box/model.ts";
import { name } from "../scalars.ts";

/** The directory that a volume's brick file system is mounted at. */
export function brickPlace(volume: GlusterVolume): string {
  return `/srv/gatebox/bricks/${name(volume.name, "volume")}`;
}

/** A brick as GlusterFS names it. It is below the mount point: without its file system there is no such directory. */
export function brickName(volume: GlusterVolume, { address }: Brick): string {
  return `${address}:${brickPlace(volume)}/brick`;
}
