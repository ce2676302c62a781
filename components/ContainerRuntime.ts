import * as pulumi from "@pulumi/pulumi";
import { containerRuntimeOf, passwordFaults, type Box, type Host } from "../box/index.ts";
import { HostUnit, type HostUnitFile } from "../host/HostUnit.ts";
import { containerRuntimeAssembly } from "../render/containerRuntime/index.ts";
import {
  authorityOfBoxFiles,
  secretRegistryFiles,
  withPassword,
  type Password,
} from "../render/containerRuntime/registries.ts";
import { assemblyUnits, membersOnce } from "./assemblyUnits.ts";
import { standaloneBox, wholeBoxOf, type StandaloneOf } from "./boxOf.ts";
import { keptEdgeAuthority } from "./edgeAuthority.ts";
import { firewalled } from "./HostFirewall.ts";
import { registryPasswordsOf, type RegistryPasswords } from "./registryPasswords.ts";
import { rolling } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/**
 * What a `ContainerRuntime` is made from: a box, its section `containerRuntime`, or that section's keys with `hosts`, `networks`
 * and `connection` beside them, where no box is described.
 */
export type ContainerRuntimeArgs = (
  { readonly box: Box } | NonNullable<Box["containerRuntime"]> | StandaloneOf<"containerRuntime">
) & {
  /** Passwords that images are pulled with, secrets, by the name of the registry. @default those of the box */
  readonly passwords?: RegistryPasswords | undefined;
  /**
   * Certificate of the authority that has signed the web servers', in PEM (`WebserverPool.authority`), where the box issues it.
   *
   * @default that of the box's `WebserverPool`, when it is made before
   */
  readonly authority?: pulumi.Input<string> | undefined;
};

/**
 * containerd on the hosts that run containers: its configuration, the registries that it pulls from, and what it logs in with.
 * Pools are changed member by member, each behind the probe of the one before it. What containerd would pass over in silence is
 * an error before anything is changed, and a wrong password is one at `up`. Pods live through every change.
 *
 * @throws pulumi.ResourceError when a registry has a user and no password, or a password and no user.
 * @throws pulumi.RunError when the box has no such section, or with every violation of what is described here.
 * @example new ContainerRuntime("container-runtime", { box, passwords: { "registry.protobox": password } }, { dependsOn: hosts });
 */
export class ContainerRuntime extends pulumi.ComponentResource {
  /** The box that it stands on. */
  readonly box: Box;

  constructor(name: string, args: ContainerRuntimeArgs, opts?: pulumi.ComponentResourceOptions) {
    const { passwords: given, authority, ...described } = args;
    // A section is known by what it is, and a copy of it is none.
    const box = runtimeBox(name, given === undefined && authority === undefined ? args : described);
    const { pools, registries, ...runtime } = orRunError(() => containerRuntimeOf(box));
    const members = membersOnce(box, pools);
    const hosts = members.flat().map((host) => host.name);
    const shown = { hosts, registries: Object.keys(registries) };
    const { major, adopt, systemdCgroup, sandboxImage, snapshotter } = runtime;
    const facts = { major, adopt, systemdCgroup, sandboxImage, snapshotter };
    super("gatebox:index:ContainerRuntime", name, { box: box.name, pools, ...shown, ...facts }, opts);
    this.box = box;
    const passwords = given ?? registryPasswordsOf(box);
    // A password that is the registry's own need not be pulled with.
    const own = box.registry?.name;
    const needless = own !== undefined && registries[own]?.username === undefined ? own : undefined;
    const faults = passwordFaults(registries, Object.keys(passwords), needless);
    if (faults.length > 0)
      throw new pulumi.ResourceError(faults.map(({ path, message }) => `${path}: ${message}`).join("\n"), this, true);

    const more = this.authorityFiles(authority ?? keptEdgeAuthority(box));
    if (pulumi.runtime.isDryRun()) void pulumi.log.info(changesAlive, this);
    const before = firewalled(this, name, { box, pools }, dependencies(opts));
    const units = { box, pools, assembly: containerRuntimeAssembly, more: () => more };
    const bases = assemblyUnits(this, name, units, before);
    const after = and(before, bases.map(({ unit }) => unit)); // prettier-ignore
    if (withPassword(containerRuntimeOf(box)).length > 0)
      for (const pool of members) rolling(pool, after, (host, on) => this.secrets(name, host, passwords, on));
    this.registerOutputs({});
  }

  /** How hosts know the registries that stand behind the box's web servers. */
  private authorityFiles(certificate: pulumi.Input<string> | undefined): readonly HostUnitFile[] {
    const paths = authorityOfBoxFiles(containerRuntimeOf(this.box));
    if (paths.length === 0) return [];
    if (certificate === undefined) throw new pulumi.ResourceError(noAuthority, this, true);
    return paths.map((path) => ({ path, text: certificate }));
  }

  /** What holds passwords travels in a resource of its own, so that a preview shows every other file in plain. */
  private secrets(name: string, host: Host, passwords: RegistryPasswords, dependsOn: Before): HostUnit {
    const runtime = containerRuntimeOf(this.box);
    const names = withPassword(runtime);
    const known = pulumi.secret(pulumi.all(names.map((one) => pulumi.output(passwords[one] ?? ""))));
    const texts = known.apply((all) =>
      secretRegistryFiles(runtime, names.map((registry, index): Password => ({ registry, password: all[index] ?? "" }))).map(({ text }) => text),
    ); // prettier-ignore
    // Paths and modes do not depend on the passwords.
    const shapes = secretRegistryFiles(runtime, names.map((registry) => ({ registry, password: "-" }))); // prettier-ignore
    const files = shapes.map(({ path, mode }, index) => ({ path, mode, text: texts.apply((all) => all[index] ?? "") }));
    const unit = `${this.box.name}.registries`;
    return new HostUnit(
      `${name}-${host.name}-registries`,
      { host, assembly: containerRuntimeAssembly.name, unit, files, secret: true },
      { parent: this, dependsOn },
    );
  }
}

const noAuthority =
  "webservers.tls.issuedByBox is true, and the authority's certificate is not known here: make the WebserverPool first, or give " +
  "authority, the output of the stack that makes it";

/** What a preview of texts does not say by itself. */
const changesAlive =
  "pods live through every change here; a snapshotter, a sandbox image, open files and a proxy are for what is started or pulled " +
  "afterwards. Registries and basic passwords restart nothing, all else restarts containerd, host by host";

function runtimeBox(name: string, args: object): Box {
  return (
    wholeBoxOf(args) ??
    standaloneBox(name, "containerRuntime", args, (own) => ({ containerRuntime: { ...own, pools: [name] } }))
  );
}
