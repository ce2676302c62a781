/** Fitting a stack file to a lab that has not all of the box's hosts, or none of their disks. */
import { loopDeviceTrouble } from "./hosts/spareDisks.ts";
import { onHostsInContainers } from "./hostsInContainers.ts";
import { podImageNames } from "./pods/image.ts";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import { HOSTS } from "./inventory.ts";
import { askingResolvers } from "./nameServers.ts";
import { fetchingFromLab, ownRepositoryKey } from "./ownRepository.ts";
import { downloadNames, resolversOfHosts } from "./network/uplink.ts";
import { project, stackFile } from "./stack.ts";
import { readRecord, type Lab } from "./state.ts";

/**
 * A stack file without some of its hosts: they are members of no pool and have no priority. They stay declared, as do hosts
 * that no lab has: an address of the box is taken whether its host is there or not.
 *
 * @example
 * withoutHosts(text, ["master-2", "master-3"]);
 */
export function withoutHosts(text: string, absent: readonly string[]): string {
  if (absent.length === 0) return text;
  const document = parseDocument(text);
  const isAbsent = (node: unknown): boolean => isScalar(node) && absent.includes(String(node.value));
  const config = document.get("config");
  if (!isMap(config)) return text;
  for (const section of config.items) {
    if (isScalar(section.key) && section.key.value === "gatebox:hosts") continue;
    visit(section as never, {
      Pair: (_, { key }) => (isAbsent(key) ? visit.REMOVE : undefined),
      Scalar: (key, node) => (typeof key === "number" && isAbsent(node) ? visit.REMOVE : undefined),
    });
  }
  return document.toString();
}

/**
 * A stack file whose bricks are all on the root file systems of their hosts.
 *
 * @example
 * withoutDisks(text);
 */
export function withoutDisks(text: string): string {
  const document = parseDocument(text);
  const volumes = document.getIn(["config", "gatebox:sharedVolumes"]);
  if (!isMap(volumes)) return text;
  visit(volumes, {
    Pair: (_, { key }) => (isScalar(key) && key.value === "device" ? visit.REMOVE : undefined),
  });
  for (const { value } of volumes.items)
    if (isMap(value) && value.has("replicaSets")) value.set("allowOnRootFilesystem", true);
  return document.toString();
}

/**
 * The Protobox as a lab can be: without the masters and nodes that it was not given, with the containerd of hosts in containers,
 * the name servers and packages of its uplink, and without disks for bricks where the machine has no loop devices.
 */
export async function protoboxOf(lab: Lab): Promise<string> {
  const text = await stackFile(project, "protobox");
  const record = await readRecord(lab);
  const absent = HOSTS.filter(({ kubernetes, name }) => kubernetes && record && !record.hosts.includes(name));
  const { pause } = await podImageNames();
  const present = onHostsInContainers(
    withoutHosts(
      text,
      absent.map(({ name }) => name),
    ),
    pause,
  );
  const named = askingResolvers(present, await resolversOfHosts(), await downloadNames());
  const answered = fetchingFromLab(named, await ownRepositoryKey(lab));
  return (await loopDeviceTrouble()) === undefined ? answered : withoutDisks(answered);
}
