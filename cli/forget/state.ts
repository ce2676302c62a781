/** A stack's state without a host that is gone: what was made there is undone nowhere. */
import { hostOfHook } from "../../host/sshBannerHookName.ts";
import { sentBy } from "../review/payload.ts";

/** Why a state is refused. */
export class StateRefused extends Error {}

/** What matters here of a resource in an exported state; all else is passed on as it is. */
interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: { readonly host?: unknown; readonly assembly?: unknown; readonly stdin?: unknown };
  readonly resourceHooks?: Readonly<Record<string, readonly string[]>>;
  readonly parent?: string;
  readonly deletedWith?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly protect?: boolean;
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly { readonly resource: Resource }[];
  };
}

/** A state without a host, and what it was of. */
export interface Forgotten {
  readonly state: string;
  /** How many resources are no longer in it, components included. */
  readonly resources: number;
  /** The assemblies that the host had. */
  readonly assemblies: readonly string[];
}

/** The components each of which reaches one host, which is their input `host`. */
const ofOneHost = /^gatebox:index:Host(Runtime|Packages|Repository|Key|Unit)$/;

/**
 * Takes all that reaches a host out of a state, so that neither `up` nor `destroy` tries to undo it there. References to it go as
 * well: the engine refuses a state with one that leads nowhere.
 *
 * @param text of `pulumi stack export`; secrets in it stay encrypted
 * @throws StateRefused for what is no such text, and for a host that is not in it
 * @example forget(text, "gateway-2").state
 */
export function forget(text: string, host: string): Forgotten {
  const exported = parsed(text);
  const { resources = [], pending_operations: pending } = exported.deployment;
  const gone = descendants(resources, (one) => hostOf(one) === host);
  if (gone.size === 0) throw new StateRefused(`there is nothing of ${host} in this state${hint(resources)}`);
  const deployment = {
    ...exported.deployment,
    resources: resources.filter(({ urn }) => !gone.has(urn)).map((one) => without(one, gone)),
    ...(pending === undefined ? {} : { pending_operations: pending.filter(({ resource }) => !gone.has(resource.urn)) }),
  };
  const assemblies = resources.filter(({ urn }) => gone.has(urn)).flatMap(assemblyOf);
  const state = `${JSON.stringify({ ...exported, deployment }, undefined, 4)}\n`;
  return { state, resources: gone.size, assemblies: [...new Set(assemblies)].sort() };
}

/** Whose a resource is: a component of one host says it, and so does what a command asks of its host before it runs there. */
function hostOf({ type, inputs, resourceHooks }: Resource): string | undefined {
  if (ofOneHost.test(type)) return typeof inputs?.host === "string" ? inputs.host : undefined;
  return Object.values(resourceHooks ?? {}).flat().flatMap((hook) => hostOfHook(hook) ?? [])[0]; // prettier-ignore
}

/** What a unit is of, by its component or by the text that its command sends. */
function assemblyOf({ inputs }: Resource): string[] {
  if (typeof inputs?.assembly === "string") return [inputs.assembly];
  const sent = typeof inputs?.stdin === "string" ? sentBy(inputs.stdin) : undefined;
  return sent?.kind === "unit" ? [sent.assembly] : [];
}

function parsed(text: string): Exported {
  try {
    const value = JSON.parse(text) as Partial<Exported> | null;
    if (Array.isArray(value?.deployment?.resources)) return value as Exported;
  } catch {
    // It is no JSON.
  }
  throw new StateRefused("this is no exported state; make it with: pulumi stack export");
}

/** URNs of what is asked for, and of all below it. Parents come before their children in a state. */
function descendants(resources: readonly Resource[], asked: (one: Resource) => boolean): ReadonlySet<string> {
  const found = new Set<string>();
  for (const one of resources) if (asked(one) || found.has(one.parent ?? "")) found.add(one.urn);
  return found;
}

function without(one: Resource, gone: ReadonlySet<string>): Resource {
  const stays = (urn: string): boolean => !gone.has(urn);
  const { deletedWith, ...others } = one;
  const properties = Object.entries(one.propertyDependencies ?? {});
  return {
    ...others,
    ...(deletedWith === undefined || gone.has(deletedWith) ? {} : { deletedWith }),
    ...(one.dependencies === undefined ? {} : { dependencies: one.dependencies.filter(stays) }),
    ...(one.propertyDependencies === undefined
      ? {}
      : {
          propertyDependencies: Object.fromEntries(properties.map(([key, urns]) => [key, urns?.filter(stays) ?? null])),
        }),
  };
}

function hint(resources: readonly Resource[]): string {
  const hosts = resources.flatMap((one) => hostOf(one) ?? []);
  return hosts.length === 0 ? ": it has no hosts" : `: it has ${[...new Set(hosts)].sort().join(", ")}`;
}
