/** Where volumes may be mounted. */

/** Below these everything belongs to the system, to a program that keeps its state there, or to Gatebox itself; or it is emptied. */
const system = `
  bin boot dev efi etc lib lib32 lib64 libx32 proc run sbin snap sys tmp usr
  opt/cni srv/gatebox var/cache/apt var/lib/apt var/lib/containerd var/lib/docker var/lib/dpkg var/lib/etcd var/lib/gatebox
  var/lib/glusterd var/lib/haproxy var/lib/keepalived var/lib/kubelet var/lib/systemd var/lock var/log/journal var/run var/tmp
`;
/** These have something in them that would be hidden, but may have mount points in them. */
const filled = "home media mnt opt root srv var var/cache var/lib var/log var/spool var/www";

const systemPlaces = placesIn(system);
const filledPlaces = placesIn(filled);

function placesIn(text: string): string[] {
  return text.trim().split(/\s+/).map((place) => `/${place}`); // prettier-ignore
}

/** Whether `path` is `ancestor` or lies below it. */
export function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Why nothing of a stack's own can be kept at a path; undefined where something can. */
export function placeFault(path: string): string | undefined {
  const owner = systemPlaces.find((place) => isBelow(path, place));
  return owner === undefined ? undefined : `lies in ${owner}, which is the system's`;
}

/** Why nothing can be mounted at a path; undefined where something can. */
export function mountPointFault(path: string): string | undefined {
  const fault = placeFault(path);
  if (fault !== undefined) return fault;
  if (filledPlaces.includes(path)) return "has files of the system in it, which a mount would hide";
  return undefined;
}
