import * as pulumi from "@pulumi/pulumi";
import { boxOfPart, consulGossipKey, consulOf, type Box, type Host } from "../box/index.ts";
import { HostKey } from "../host/HostKey.ts";
import { HostUnit, type HostUnitFile } from "../host/HostUnit.ts";
import { authorityOf, type Authority } from "../host/certificates.ts";
import { endsWith } from "../host/order.ts";
import type { Assembly } from "../render/assembly.ts";
import { consulCertificateFiles, consulKeyName, consulSecretFiles } from "../render/consul/index.ts";
import { certifiedNames, isServer } from "../render/consul/members.ts";
import { consulPolicies, consulTokenFiles } from "../render/consulAccess/index.ts";
import { agentPolicy, dnsPolicy, uiPolicy } from "../render/consulAccess/policies.ts";
import { consul, consulAccess } from "../render/registry.ts";
import type { TreeFile } from "../render/treeFile.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { consulSecretsOf, gossipKeyFault, keptGossipKey, type ConsulSecrets } from "./consulSecrets.ts";
import { packagesOn, runtimesOf } from "./foundation.ts";
import { firewalled } from "./HostFirewall.ts";
import { randomPassword } from "./randomPassword.ts";
import { firstAlone, rolling, type Order } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/** What a `ConsulCluster` is made from: a box, or its section `consul`. It watches the box's own routes, so it never stands alone. */
export type ConsulClusterArgs = ({ readonly box: Box } | NonNullable<Box["consul"]>) & {
  /**
   * What members encrypt their gossip with: 32 bytes in Base64, a secret.
   *
   * @default the stack's `consulGossipKey`, else one that is generated
   */
  readonly gossipKey?: pulumi.Input<string> | undefined;
};

/**
 * Consul: servers, one after the other; then who may do what; then an agent on every other configured host of its network. Each
 * route of the gateways is a service on each gateway, with a check that asks there as web servers do.
 *
 * Each host makes a key of its own, which never leaves it. The certificates, the gossip key and all tokens follow from one secret
 * of the state. No server has to be the first: they elect when all have come, and the leader makes the first token once.
 *
 * Removing a server has it leave. Data and snapshots stay on the hosts.
 *
 * @throws pulumi.RunError when the box has no such section, or for a gossip key that is none.
 * @example
 * const consul = new ConsulCluster("consul", { box }, { dependsOn: [hosts, firewall] });
 * export const consulToken = consul.uiToken;
 */
export class ConsulCluster extends pulumi.ComponentResource {
  readonly datacenter: string;
  /** A token to look at services and nodes with, in the web interface for one: a secret. */
  readonly uiToken: pulumi.Output<string>;
  /** The token that may do all: a secret. */
  readonly managementToken: pulumi.Output<string>;

  constructor(name: string, args: ConsulClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { gossipKey, ...described } = args;
    const box = consulBox(name, "gossipKey" in args ? described : args);
    const { repository, datacenter, network, servers, dnsPort } = orRunError(() => consulOf(box));
    const members = hostsOf(box, consul);
    const agents = members.filter((host) => !isServer(box, host)).map((host) => host.name);
    const shown = { repository, datacenter, network, servers, agents, dnsPort };
    super("gatebox:index:ConsulCluster", name, { box: box.name, ...shown }, opts);
    this.datacenter = datacenter;
    const secrets = this.secrets(name, gossipKey ?? keptGossipKey(box));
    this.managementToken = pulumi.secret(secrets.apply((all) => all.management));
    this.uiToken = pulumi.secret(secrets.apply((all) => all.tokenOf(uiPolicy.name).secret));

    const ready = firewalled(this, name, { box, pools: consul.pools(box) }, dependencies(opts));
    const cluster = new Cluster(this, name, box, secrets);
    // A server that starts again is missed, an agent by its own host only.
    const serving = cluster.members([servers], ready, rolling);
    const allowed = cluster.access(serving);
    const chains = membersOnce(box, consul.pools(box)).map((hosts) => hosts.filter((host) => agents.includes(host.name)).map((host) => host.name)); // prettier-ignore
    void cluster.members(chains, allowed, firstAlone);
    endsWith(this, cluster.last);
    this.registerOutputs({ uiToken: this.uiToken, managementToken: this.managementToken });
  }

  /** The gossip key that is given, and all other secrets of one that is generated. */
  private secrets(name: string, given: pulumi.Input<string> | undefined): pulumi.Output<ConsulSecrets> {
    const { result } = new (randomPassword("the secret that Consul's tokens follow from", "leave consul out"))(
      `${name}-secret`,
      { length: 64, special: false },
      { parent: this },
    );
    if (given === undefined) return pulumi.secret(result.apply(consulSecretsOf));
    if (typeof given === "string") refuseFault(given);
    return pulumi.secret(
      pulumi.all([result, given]).apply(([secret, gossipKey]) => {
        refuseFault(gossipKey);
        return { ...consulSecretsOf(secret), gossipKey };
      }),
    );
  }
}

/** The resources of a cluster, in their order. */
class Cluster {
  /** Those that end it. */
  readonly last: HostUnit[] = [];
  readonly #parent: pulumi.ComponentResource;
  readonly #name: string;
  readonly #box: Box;
  readonly #secrets: pulumi.Output<ConsulSecrets>;
  readonly #authority: pulumi.Output<Authority>;

  constructor(parent: pulumi.ComponentResource, name: string, box: Box, secrets: pulumi.Output<ConsulSecrets>) {
    this.#parent = parent;
    this.#name = name;
    this.#box = box;
    this.#secrets = secrets;
    // The token that may do all makes the authority, too: who has it can be any member anyway.
    this.#authority = secrets.apply(({ management }) => authorityOf(`consul ${management}`, box.name));
  }

  /** Servers or agents: what they read, on all of a chain in this order, and then their secrets, with which they start. */
  members(chains: readonly (readonly string[])[], before: Before, order: Order): Before {
    const box = this.#box;
    const hosts = chains.flat().map((name) => hostOf(box, name));
    const certificates = this.certificates(hosts, before);
    const sequences = chains.map((names) => names.map((name) => hostOf(box, name)));
    const units = {
      box,
      sequences,
      order,
      assembly: consul,
      more: (host: Host) => certificates.get(host.name) ?? [],
    };
    const bases = assemblyUnits(this.#parent, this.#name, units, before).map(({ unit }) => unit);
    const after = and(before, bases);
    const started = sequences.flatMap((chain) =>
      order(chain, after, (host, on) => {
        const files = (secrets: ConsulSecrets): TreeFile[] => {
          const tokenOf = (policy: string): string => secrets.tokenOf(policy).secret;
          const agent = tokenOf(agentPolicy(box, host).name);
          return consulSecretFiles(box, host, { ...secrets, agent, dns: tokenOf(dnsPolicy.name) });
        };
        return this.secretUnit(host, consul, files, on);
      }),
    );
    this.last.push(...started);
    return and(after, started);
  }

  /** Policies and tokens, by each server: the first one makes them, the others find them made. */
  access(before: Before): Before {
    const box = this.#box;
    const sequences = [consulOf(box).servers.map((name) => hostOf(box, name))];
    const bases = assemblyUnits(this.#parent, `${this.#name}-access`, { box, sequences, order: firstAlone, assembly: consulAccess }, before).map(({ unit }) => unit); // prettier-ignore
    const after = and(before, bases);
    const files = ({ management, tokenOf }: ConsulSecrets): TreeFile[] => consulTokenFiles(consulPolicies(box, consul), management, tokenOf); // prettier-ignore
    const units = sequences.flatMap((chain) =>
      firstAlone(chain, after, (host, on) => this.secretUnit(host, consulAccess, files, on)),
    );
    this.last.push(...units);
    return and(after, units);
  }

  /** What holds secrets travels in a resource of its own, so that a preview shows every other file in plain. */
  private secretUnit(
    host: Host,
    { name: assembly }: Assembly,
    filesOf: (secrets: ConsulSecrets) => readonly TreeFile[],
    dependsOn: Before,
  ): HostUnit {
    const texts = pulumi.secret(this.#secrets.apply((secrets) => filesOf(secrets).map(({ text }) => text)));
    // Paths and modes do not depend on the secrets.
    const files = filesOf(consulSecretsOf("-")).map(({ path, mode }, index) => ({
      path,
      mode,
      text: texts.apply((all) => all[index] ?? ""),
    }));
    const unit = { host, assembly, unit: `${this.#box.name}.secrets`, files, secret: true };
    return new HostUnit(`${this.#name}-${host.name}-${assembly}-secrets`, unit, { parent: this.#parent, dependsOn });
  }

  /** The certificate of each host, and the authority's: public texts, made of secrets. */
  private certificates(hosts: readonly Host[], ready: Before): ReadonlyMap<string, readonly HostUnitFile[]> {
    const parent = this.#parent;
    const box = this.#box;
    const before = and(ready, runtimesOf(hosts, this.#name, parent, ready));
    return new Map(
      hosts.map((host) => {
        const wanted = { packages: ["openssl"], maskedUntilConfigured: [] };
        const openssl = packagesOn({ box, host, wanted }, `${this.#name}-key`, parent, before);
        const made = { parent, dependsOn: and(before, openssl) };
        const { publicKey } = new HostKey(`${this.#name}-${host.name}`, { host, key: consulKeyName }, made);
        const names = certifiedNames(box, host);
        const own = pulumi.unsecret(
          pulumi.all([this.#authority, publicKey]).apply(([signer, key]) => signer.certify(host.name, key, names)),
        );
        const authority = pulumi.unsecret(this.#authority.apply((known) => known.certificate));
        const files = [
          { path: consulCertificateFiles.own, text: own },
          { path: consulCertificateFiles.authority, text: authority },
        ];
        return [host.name, files] as const;
      }),
    );
  }
}

function refuseFault(key: string): void {
  const fault = gossipKeyFault(key);
  if (fault !== undefined) throw new pulumi.RunError(`${consulGossipKey}: ${fault}`);
}

function hostsOf(box: Box, { pools, only }: Pick<Assembly, "pools" | "only">): readonly Host[] {
  return membersOnce(box, pools(box)).flat().filter((host) => only?.(box, host) ?? true); // prettier-ignore
}

function hostOf(box: Box, name: string): Host {
  const host = box.hosts[name];
  if (host === undefined) throw new Error(`box ${box.name} has no host ${name}`);
  return host;
}

function consulBox(name: string, args: object): Box {
  const box = "box" in args ? (args.box as Box) : boxOfPart(args);
  if (box !== undefined) return box;
  throw new pulumi.RunError(`"${name}" was given neither a box, nor the section consul of one: write { box }`);
}
