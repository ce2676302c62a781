/** What a preview says of hosts: which files, packages and secrets each of them has before and after. */
import { hostOfHook } from "../../host/sshBannerHookName.ts";
import { isSecretInput } from "./secrets.ts";
import { sentBy, type Sent } from "./payload.ts";
import { ChangeKind, type Change, type Preview, type State } from "./preview.ts";

/** What one command sends to a host, before or after. */
export type Content =
  | Sent
  /** Nobody is shown what it is; of a unit the paths are known. */
  | { readonly kind: "secret"; readonly paths: readonly string[] }
  /** What other resources give is known when they are made. */
  | { readonly kind: "later"; readonly paths: readonly string[] };

/** One command on one host. */
export interface HostResource {
  readonly urn: string;
  readonly host: string;
  readonly change: ChangeKind;
  /** What it is part of: `HostUnit`, `HostPackages`, `HostRuntime`, `HostKey`, `HostRepository`, or another component. */
  readonly role: string;
  /** The tree of a unit. */
  readonly assembly: string | undefined;
  /** Whose files a unit's are, `protobox.pool`. */
  readonly unit: string | undefined;
  readonly before: Content | undefined;
  readonly after: Content | undefined;
  /** The inputs that are others. */
  readonly reasons: readonly string[];
}

/** What the engine writes for a text that it does not know yet. */
const notYetKnown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const commandType = "command:remote:Command";

/** Where a runtime is put. */
export const runtimePlace = "/usr/local/lib/gatebox/unit.sh";

/** Every command on a host that a preview knows of, in its order. */
export function hostResourcesOf(preview: Preview): HostResource[] {
  return preview.changes.flatMap((change) => {
    const state = change.after ?? change.before;
    if (state?.type !== commandType) return [];
    const { before, after } = componentsOf(preview, change);
    const component = after ?? before;
    const host = text(component?.inputs["host"]) ?? hostAsked(state) ?? hostOfName(change.urn);
    const content = (of: State | undefined, inputs: State["inputs"]): Content | undefined =>
      of === undefined ? undefined : contentOf(of, inputs);
    const contents = {
      before: content(change.before, before?.inputs ?? {}),
      after: content(change.after, after?.inputs ?? {}),
    };
    const role = roleOf(component, Object.values(contents)) ?? preview.byUrn.get(state.parent ?? "")?.after?.type;
    const resource = { urn: change.urn, host, change: change.kind, role: lastOf(role), reasons: change.reasons };
    return [{ ...resource, ...contents, ...namesOf(component?.inputs ?? {}, [contents.after, contents.before]) }];
  });
}

/** Components that are there for one command each, and say what it is about. A unit that anybody may see has none. */
const ofOneCommand = /^gatebox:index:Host(Unit|Packages|Runtime|Key|Repository)$/;

/** The component that is there for a command; where a preview has only what changes, it may be missing. */
function componentsOf({ byUrn }: Preview, { before, after }: Change): Partial<Record<"before" | "after", State>> {
  const old = byUrn.get(before?.parent ?? "")?.before;
  const next = byUrn.get(after?.parent ?? "")?.after;
  const own = (state: State | undefined): state is State => ofOneCommand.test(state?.type ?? "");
  return { ...(own(old) && { before: old }), ...(own(next) && { after: next }) };
}

function roleOf(component: State | undefined, contents: readonly (Content | undefined)[]): string | undefined {
  return component?.type ?? (contents.some((one) => one?.kind === "unit") ? "HostUnit" : undefined);
}

const lastOf = (type = ""): string => type.split(":").at(-1) ?? "";

/** A host that is reached is asked for its SSH banner before: see host/sshBannerHook.ts. */
function hostAsked({ hooks }: State): string | undefined {
  return hooks.flatMap((hook) => hostOfHook(hook) ?? [])[0];
}

/** The end of a URN is the name, which holds the host's: `NAME-ASSEMBLY-UNIT`, `NAME-packages`. */
function hostOfName(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

function namesOf(
  inputs: State["inputs"],
  contents: readonly (Content | undefined)[],
): Pick<HostResource, "assembly" | "unit"> {
  const sent = contents.find((one) => one?.kind === "unit");
  return {
    assembly: text(inputs["assembly"]) ?? (sent?.kind === "unit" ? sent.assembly : undefined),
    unit: text(inputs["unit"]) ?? (sent?.kind === "unit" ? sent.unit : undefined),
  };
}

function contentOf(state: State, component: State["inputs"]): Content {
  const { stdin } = state.inputs;
  const paths = Array.isArray(component["paths"]) ? component["paths"].filter((one) => typeof one === "string") : [];
  if (isSecretInput(state, "stdin")) return { kind: "secret", paths };
  if (typeof stdin !== "string" || stdin.includes(notYetKnown)) return { kind: "later", paths };
  return sentBy(stdin);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
