/** etcd on the masters, with certificates for clients and peers, and growing from one member to three. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { execChecked } from "../hosts/exec.ts";
import { hostNamed, type LabHost } from "../inventory.ts";
import { scriptFile } from "../scriptFile.ts";
import { writeAtomically, type Lab } from "../state.ts";
import { applyServices, type HostService } from "./hostServices.ts";
import { certificate, certificateAuthority } from "./pki.ts";
import { clusterAddress } from "./topology.ts";
import { daemonUnit } from "./unitFile.ts";

const DIRECTORY = "/etc/lab-etcd";

/** Where the API server finds what it needs to speak to etcd; it uses the member's own certificate. */
export const ETCD_FILES = {
  authority: `${DIRECTORY}/ca.pem`,
  certificate: `${DIRECTORY}/etcd.pem`,
  key: `${DIRECTORY}/etcd-key.pem`,
} as const;

/**
 * Milliseconds. Defaults are 100 and 1000, made for machines that do nothing else; here a leader may well have to wait
 * for a processor, and an election costs more than a late beat.
 */
const HEARTBEAT = 500;
const ELECTION = 5000;

/** Seconds until etcd takes a new member: five on a quiet machine, see below; fifteen attempts at the worst. */
const MEMBERSHIP_SECONDS = 120;

/** Who is in etcd and since when; a member's first start depends on it and must be repeated unchanged. */
const membershipSchema = z.object({
  /** All members in the order in which they joined. */
  members: z.array(z.string()),
  /** How many of them, from the first, began together. */
  founders: z.number().int().min(1),
});

type Membership = z.infer<typeof membershipSchema>;

/** Runs etcd on the masters. Those that come to a cluster that exists join it one after another. */
export async function startEtcd(lab: Lab, masters: readonly LabHost[]): Promise<void> {
  const membership = await decideMembership(lab, masters);
  const start = async (name: string): Promise<void> => {
    await applyServices(lab, name, [await etcd(lab, hostNamed(name), membership)]);
  };
  const founders = membership.members.slice(0, membership.founders);
  // Together: none of several founders is ready before most of them are.
  await Promise.all(founders.map(start));
  for (const name of membership.members.slice(membership.founders)) {
    await addMember(lab, founders[0] ?? "", hostNamed(name));
    await start(name);
  }
}

/** Written before the first start, so that a run that is cut off is repeated with the same decision. */
async function decideMembership(lab: Lab, masters: readonly LabHost[]): Promise<Membership> {
  const path = join(lab.directory, "cluster", "etcd.json");
  const names = masters.map((master) => master.name);
  const text = await readFile(path, "utf8").catch(() => undefined);
  const known = text === undefined ? undefined : membershipSchema.parse(JSON.parse(text));
  const joining = names.filter((name) => known?.members.includes(name) !== true);
  if (known && joining.length === 0) {
    return known;
  }
  const membership = known
    ? { ...known, members: [...known.members, ...joining] }
    : { members: names, founders: names.length };
  await mkdir(join(lab.directory, "cluster"), { recursive: true, mode: 0o700 });
  await writeAtomically(path, `${JSON.stringify(membership, undefined, 2)}\n`);
  return membership;
}

/** Tells the members that there are about a new one; one that they know already is left as it is. */
async function addMember(lab: Lab, via: string, master: LabHost): Promise<void> {
  const { authority, certificate, key } = ETCD_FILES;
  const script = scriptFile(import.meta.dirname, "add-etcd-member.sh");
  await execChecked(lab, via, `adding ${master.name} to etcd`, script, {
    args: [master.name, peerUrl(master), authority, certificate, key],
    timeoutSeconds: MEMBERSHIP_SECONDS,
  });
}

async function etcd(lab: Lab, master: LabHost, { members, founders }: Membership): Promise<HostService> {
  const address = clusterAddress(master);
  const authority = await certificateAuthority(lab);
  const own = await certificate(lab, `etcd-${master.name}`, {
    commonName: master.name,
    reachedAt: [master.name, address, "127.0.0.1"],
  });
  const place = members.indexOf(master.name);
  const initial = members.slice(0, Math.max(founders, place + 1)).map(hostNamed);
  const unit = "lab-etcd.service";
  return {
    unit,
    files: [
      daemonUnit({
        unit,
        description: "etcd of the lab's cluster",
        command: [
          "/usr/bin/etcd",
          `--name=${master.name}`,
          "--data-dir=/var/lib/lab-etcd",
          `--listen-client-urls=https://${address}:2379,https://127.0.0.1:2379`,
          `--listen-metrics-urls=http://${address}:2381`,
          `--advertise-client-urls=https://${address}:2379`,
          `--listen-peer-urls=${peerUrl(master)}`,
          `--initial-advertise-peer-urls=${peerUrl(master)}`,
          `--initial-cluster=${initial.map((each) => `${each.name}=${peerUrl(each)}`).join(",")}`,
          `--initial-cluster-state=${place < founders ? "new" : "existing"}`,
          `--initial-cluster-token=${lab.name}`,
          "--client-cert-auth",
          `--trusted-ca-file=${ETCD_FILES.authority}`,
          `--cert-file=${ETCD_FILES.certificate}`,
          `--key-file=${ETCD_FILES.key}`,
          "--peer-client-cert-auth",
          `--peer-trusted-ca-file=${ETCD_FILES.authority}`,
          `--peer-cert-file=${ETCD_FILES.certificate}`,
          `--peer-key-file=${ETCD_FILES.key}`,
          `--heartbeat-interval=${HEARTBEAT}`,
          `--election-timeout=${ELECTION}`,
          // As from etcd 3.5 on: a member that was cut off and comes back takes the leader away from nobody.
          "--pre-vote",
          "--logger=zap",
          "--log-level=warn",
        ],
      }),
      { path: ETCD_FILES.authority, content: authority.certificate },
      { path: ETCD_FILES.certificate, content: own.certificate },
      { path: ETCD_FILES.key, content: own.key, mode: 0o600 },
    ],
  };
}

function peerUrl(master: LabHost): string {
  return `https://${clusterAddress(master)}:2380`;
}
