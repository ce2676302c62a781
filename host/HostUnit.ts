import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { asRoot, requireConnection } from "./connection.ts";
import { hostCommand, withHost, type FormerPlace } from "./hostCommand.ts";
import { payload, textViolations, unitViolations } from "./payload.ts";
import { RUNTIME_PATH } from "./runtimeText.ts";
import { endsWith, inOrder, type Before } from "./order.ts";

/** One file of a unit; see `UnitFile` for the rules. */
export interface HostUnitFile {
  readonly path: string;
  readonly text: pulumi.Input<string>;
  /** Four octal digits. Default: `0644`. */
  readonly mode?: string;
}

/** What a `HostUnit` puts where. */
export interface HostUnitArgs {
  readonly host: Host;
  /** The tree on the host that is checked and switched as a whole, for example `gateway`. */
  readonly assembly: string;
  /** The unit's name, unique in the assembly, also among units of other stacks, for example `protobox.argocd`. */
  readonly unit: string;
  readonly files: readonly HostUnitFile[];
  /** Whether the texts are secret (a private key, say): they then show as `[secret]` in a preview. Default: false. */
  readonly secret?: boolean;
  /**
   * Seconds after which the transaction is told to stop and goes back (`apply`), and those that going back may take. Default: 170 and
   * 100.
   */
  readonly seconds?: { readonly apply: number; readonly back: number } | undefined;
}

const defaultSeconds = { apply: 170, back: 100 };

/** Where a unit stands in the stack. */
export interface HostUnitOptions extends Required<Pick<pulumi.ComponentResourceOptions, "parent" | "dependsOn">> {
  /** Where it was in states of earlier versions beside where it is. @default nowhere */
  readonly formerly?: readonly FormerPlace[];
}

/**
 * A unit whose content anybody may see and is known now is one command: its text says whose files these are. With a secret, or a text
 * that another resource gives, it is a `HostUnit`, a component that says it. Of two resources for the same the engine and the SDK
 * take twice the time.
 *
 * @throws ResourceError when a name, a path, a mode or a known text breaks a rule, or the host has no connection.
 */
export function hostUnit(name: string, args: HostUnitArgs, opts: HostUnitOptions): pulumi.Resource {
  const isShown = args.secret !== true && args.files.every(({ text }) => typeof text === "string");
  if (!isShown) return new HostUnit(name, args, opts);
  const { parent, dependsOn, formerly = [] } = opts;
  refuse(args, parent);
  // In states of earlier versions, and where it was a secret before, it is the component's.
  const places = [{ parent, within: [] }, ...formerly].map((place) => ({
    ...place,
    within: [...place.within, unitType],
  }));
  return unitCommand(args, places, { name, parent, dependsOn });
}

const unitType = "gatebox:index:HostUnit";

/**
 * Some files of one assembly on one host, applied as a transaction: staged beside the live files, checked as a whole,
 * switched by rename, probed, and put back if anything fails. The same content again changes nothing on the host; deleting
 * the unit removes its files in the same way. The host needs a `HostRuntime` first.
 *
 * @example
 * new HostUnit("gateway-1-argocd", {
 *   host: box.hosts["gateway-1"], assembly: "gateway", unit: "protobox.argocd",
 *   files: [{ path: "haproxy/routes/30165.cfg", text: frontend }],
 * }, { dependsOn: runtime });
 */
export class HostUnit extends pulumi.ComponentResource {
  /** The resource that runs on the host. */
  readonly command: remote.Command;

  /** @throws ResourceError when a name, a path, a mode or a known text breaks a rule, or the host has no connection. */
  constructor(name: string, args: HostUnitArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, assembly, unit } = args;
    super(unitType, name, { host: host.name, assembly, unit, paths: pathsOf(args) }, inOrder(opts));
    refuse(args, this);
    // Without a secret it may have been a command alone.
    const places = [this, opts?.parent].map((parent) => ({ parent, within: [] }));
    this.command = unitCommand(args, places, { name, parent: this, dependsOn: opts?.dependsOn });
    endsWith(this, [this.command]);
    this.registerOutputs({});
  }
}

function refuse(args: HostUnitArgs, resource: pulumi.Resource): void {
  const violations = [...unitViolations(args), ...args.files.flatMap(knownTextViolations)];
  if (violations.length === 0) return;
  throw new pulumi.ResourceError(violations.map((text) => `${args.host.name}: ${text}`).join("\n"), resource, true);
}

function unitCommand(
  args: HostUnitArgs,
  formerly: readonly FormerPlace[],
  { name, parent, dependsOn }: { name: string; parent: pulumi.Resource; dependsOn: Before | undefined },
): remote.Command {
  const { host, assembly, unit } = args;
  const connection = requireConnection(host);
  const { apply, back } = args.seconds ?? defaultSeconds;
  const limited = `timeout -k ${back} ${apply} sh ${RUNTIME_PATH}`;
  const repair = host.repair?.[`${assembly}/${unit}`];
  return hostCommand(
    // Another unit is another resource: as an update, the former one would stay on the host.
    { name: `${withHost(name, host)}-${assembly}-${unit}`, before: `${host.name}-${assembly}-${unit}`, formerly },
    {
      host,
      create: asRoot(connection, `${limited} ${repair === undefined ? "apply" : "apply anew"}`),
      delete: `[ ! -e ${RUNTIME_PATH} ] || ${asRoot(connection, `${limited} remove`)}`,
      stdin: unitPayload(args),
      secret: args.secret ?? false,
      repair,
    },
    parent,
    dependsOn,
  );
}

// What a reviewer or a policy sees of the component; the texts are in its command.
function pathsOf({ files }: HostUnitArgs): string[] {
  return files.map(({ path }) => path).sort();
}

/** An error inside an `apply` comes late, so texts that are known now are looked at now. */
function knownTextViolations({ path, text }: HostUnitFile): string[] {
  return typeof text === "string" ? textViolations({ path, text }) : [];
}

function unitPayload({ assembly, unit, files }: HostUnitArgs): pulumi.Output<string> {
  return pulumi
    .all(files.map((file) => file.text))
    .apply((texts) =>
      payload({ assembly, unit, files: files.map((file, index) => ({ ...file, text: texts[index] ?? "" })) }),
    );
}
