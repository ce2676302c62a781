import * as pulumi from "@pulumi/pulumi";
import type { Box, Host, SectionDeclaration, SharedVolume } from "../box/index.ts";
import { HostKey } from "../host/HostKey.ts";
import type { HostUnitFile } from "../host/HostUnit.ts";
import { authorityOf } from "../host/certificates.ts";
import { certificateFiles, glusterAssembly, keyName } from "../render/gluster/index.ts";
import { serversOf, trustedPools } from "../render/gluster/trustedPools.ts";
import { glusterVolumesAssembly } from "../render/glusterVolumes/index.ts";
import { sharedMountsAssembly } from "../render/sharedMounts/index.ts";
import { endsWith } from "../host/order.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { standaloneBox, type Standalone } from "./boxOf.ts";
import { packagesOn, runtimesOf } from "./foundation.ts";
import { firewalled } from "./HostFirewall.ts";
import { randomPassword } from "./randomPassword.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/** All shared volumes of a box. */
export interface SharedVolumesOfBox {
  /** The box; its `sharedVolumes` say what is mounted where. */
  readonly box: Box;
}

/** Shared volumes of hosts of which no box is described: entries of `sharedVolumes` by name, and the hosts. */
export type SharedVolumesAlone = Standalone<object> & { readonly volumes: SectionDeclaration<"sharedVolumes"> };

/** What `SharedVolumes` is made from. */
export type SharedVolumesArgs = SharedVolumesOfBox | SharedVolumesAlone;

/**
 * File systems that several hosts mount: volumes of GlusterFS, exports of an NFS server, or local directories.
 *
 * For GlusterFS each host makes a key of its own, which never leaves it; the certificates are made here, signed with a secret
 * of the stack. Then the servers run, one after the other in each trusted pool, one of them makes the volumes, and at last they
 * are mounted. Bricks that run and volumes that are mounted go on through every change.
 *
 * Deleting it unmounts the volumes and stops GlusterFS. It deletes no data: the bricks stay where they are, and are there again
 * when it is declared again.
 *
 * @throws pulumi.RunError when the box has no shared volume, or with every violation of what is described here.
 * @example new SharedVolumes("shared-volumes", { box }, { dependsOn: [hosts, firewall] });
 * @example
 * new SharedVolumes("shared", {
 *   networks: { lan: "10.20.0.0/24" },
 *   connection: { network: "lan", knownHosts: "known_hosts" },
 *   hosts: {
 *     "web-1": { addresses: { lan: "10.20.0.11" } },
 *     "web-2": { addresses: { lan: "10.20.0.12" } },
 *     "db-1": { addresses: { lan: "10.20.0.13" } },
 *   },
 *   volumes: {
 *     content: {
 *       kind: "gluster",
 *       network: "lan",
 *       replicaSets: [{
 *         data: [{ host: "web-1", device: "/dev/vdb" }, { host: "web-2", device: "/dev/vdb" }],
 *         arbiter: { host: "db-1", device: "/dev/vdb" },
 *       }],
 *     },
 *   },
 * });
 */
export class SharedVolumes extends pulumi.ComponentResource {
  /** Where each volume is mounted, by its name: known once it is. */
  readonly mountPoints: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: SharedVolumesArgs, opts?: pulumi.ComponentResourceOptions) {
    const box = "volumes" in args ? alone(name, args) : args.box;
    const volumes = Object.values(box.sharedVolumes);
    if (volumes.length === 0)
      throw new pulumi.RunError(
        `sharedVolumes of box ${box.name} has no entry: write one there, or leave the component out`,
      );
    super("gatebox:index:SharedVolumes", name, { box: box.name, volumes: shownOf(volumes) }, opts);
    const pools = [...new Set([...glusterAssembly.pools(box), ...sharedMountsAssembly.pools(box)])];
    const ready = firewalled(this, name, { box, pools }, dependencies(opts));
    const mounts = this.mounted(name, box, this.served(name, box, ready));
    endsWith(this, mounts);
    const places = Object.fromEntries(volumes.map((volume) => [volume.name, volume.mountPoint] as const));
    this.mountPoints = pulumi.all(mounts.map(({ urn }) => urn)).apply(() => places);
    this.registerOutputs({ mountPoints: this.mountPoints });
  }

  /**
   * The servers of GlusterFS, one after the other in each trusted pool; then their volumes; and then the clients. A server that
   * is to be a client is one as soon as the volumes do without it, and no sooner. Returns what a mount waits for.
   */
  private served(name: string, box: Box, ready: Before): Before {
    const hosts = hostsOf(box, glusterAssembly);
    if (hosts.length === 0) return ready;
    const certificates = this.certificates(name, box, hosts, ready);
    const more = (host: Host): readonly HostUnitFile[] => certificates.get(host.name) ?? [];
    const sequences = trustedPools(box).map((pool) => hosts.filter((host) => pool.servers.includes(host.name)));
    const gluster = { box, assembly: glusterAssembly, more };
    const servers = assemblyUnits(this, `${name}-gluster`, { ...gluster, sequences }, ready);
    const running = and(ready, servers.map(({ unit }) => unit)); // prettier-ignore
    const volumes = { box, assembly: glusterVolumesAssembly, sequences };
    const made = and(running, assemblyUnits(this, `${name}-volumes`, volumes, running).map(({ unit }) => unit)); // prettier-ignore
    const serving = serversOf(box);
    const only = (host: Host): boolean => !serving.has(host.name);
    return and(made, assemblyUnits(this, `${name}-gluster`, { ...gluster, only }, made).map(({ unit }) => unit)); // prettier-ignore
  }

  private mounted(name: string, box: Box, served: Before): readonly pulumi.Resource[] {
    return assemblyUnits(this, `${name}-mounts`, { box, assembly: sharedMountsAssembly }, served).map(
      ({ unit }) => unit,
    );
  }

  /** The certificate of each host, and the authority's: public texts, made of secrets. */
  private certificates(
    name: string,
    box: Box,
    hosts: readonly Host[],
    ready: Before,
  ): ReadonlyMap<string, readonly HostUnitFile[]> {
    const secret = new (randomPassword("the secret that signs certificates", "use another kind of volume"))(
      `${name}-authority`,
      { length: 64, special: false },
      { parent: this },
    );
    const authority = secret.result.apply((text) => authorityOf(text, box.name));
    const certificate = pulumi.unsecret(authority.apply((known) => known.certificate));
    const before = and(ready, runtimesOf(hosts, name, this, ready));
    return new Map(
      hosts.map((host) => {
        const wanted = { packages: ["openssl"], maskedUntilConfigured: [] };
        const openssl = packagesOn({ box, host, wanted }, `${name}-key`, this, before);
        const made = { parent: this, dependsOn: and(before, openssl) };
        const { publicKey } = new HostKey(`${name}-${host.name}`, { host, key: keyName }, made);
        const own = pulumi.unsecret(
          pulumi.all([authority, publicKey]).apply(([signer, key]) => signer.certify(host.name, key)),
        );
        const files = [
          { path: certificateFiles.own, text: own },
          { path: certificateFiles.authority, text: certificate },
        ];
        return [host.name, files] as const;
      }),
    );
  }
}

function hostsOf(box: Box, { pools, only }: Pick<typeof glusterAssembly, "pools" | "only">): readonly Host[] {
  return membersOnce(box, pools(box)).flat().filter((host) => only?.(box, host) ?? true); // prettier-ignore
}

/** What a reviewer sees of the volumes in the component. */
function shownOf(volumes: readonly SharedVolume[]): object {
  return Object.fromEntries(
    volumes.map(({ name, kind, mountPoint, mountedOn }) => [name, { kind, mountPoint, mountedOn }]),
  );
}

function alone(name: string, args: SharedVolumesAlone): Box {
  return standaloneBox(name, "sharedVolumes", args, ({ volumes }) => ({ sharedVolumes: volumes }));
}
