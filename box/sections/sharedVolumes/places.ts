/** Where volumes may be mounted. */

/** Below these everything belongs to the system, or to Gatebox itself. */
const system = "bin boot dev etc lib lib32 lib64 libx32 proc run sbin sys usr srv/gatebox var/lib/gatebox var/lib/glusterd"; // prettier-ignore
/** These have something in them that would be hidden, but may have mount points in them. */
const filled = "home media mnt opt root srv tmp var var/cache var/lib var/log var/spool var/tmp var/www";

const systemPlaces = system.split(" ").map((place) => `/${place}`);
const filledPlaces = filled.split(" ").map((place) => `/${place}`);

/** Whether `path` is `ancestor` or lies below it. */
export function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Why nothing can be mounted at a path; undefined where something can. */
export function mountPointFault(path: string): string | undefined {
  const owner = systemPlaces.find((place) => isBelow(path, place));
  if (owner !== undefined) return `lies in ${owner}, which is the system's`;
  if (filledPlaces.includes(path)) return "has files of the system in it, which a mount would hide";
  return undefined;
}
