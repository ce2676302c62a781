/** What changes outside of hosts: objects of Kubernetes as YAML, and all other resources by what they are. */
import { stringify } from "yaml";
import { hunksOf } from "../render/differences.ts";
import { ChangeKind, type Change, type Preview, type State } from "./preview.ts";
import { hidden, isSecret, withoutSecretValues } from "./secrets.ts";

/** An object of the cluster. */
export interface ObjectChange {
  /** `Service wiki/wiki`. */
  readonly name: string;
  readonly change: ChangeKind;
  /** The hunks of a unified diff of its YAML. */
  readonly lines: readonly string[];
}

/** A resource of some other kind. */
export interface OtherChange {
  readonly type: string;
  readonly name: string;
  readonly change: ChangeKind;
  /** The inputs that are others, by name alone. */
  readonly properties: readonly string[];
}

const isObject = (state: State | undefined): boolean =>
  state !== undefined && state.type.startsWith("kubernetes:") && !state.type.includes(":provider");

/** Objects of Kubernetes that become others. */
export function objectChangesOf({ changes }: Preview): ObjectChange[] {
  return changes
    .filter(({ kind, before, after }) => kind !== ChangeKind.Same && isObject(after ?? before))
    .map((change) => ({ name: objectName(change), change: change.kind, lines: objectLines(change) }));
}

/** Whatever else is no component: keys and passwords that are made, providers, resources of other packages. */
export function otherChangesOf({ changes }: Preview): OtherChange[] {
  return changes.flatMap(({ urn, kind, before, after, reasons }) => {
    const type = (after ?? before)?.type ?? "";
    const isShownElsewhere = isObject(after ?? before) || type === "command:remote:Command";
    if (kind === ChangeKind.Same || isShownElsewhere || /^gatebox:|^pulumi:/.test(type)) return [];
    return [{ type, name: urn.split("::").at(-1) ?? "", change: kind, properties: reasons }];
  });
}

function objectName({ urn, before, after }: Change): string {
  const state = after ?? before;
  const { type = "", inputs = {} } = state ?? {};
  const { name, namespace } = (inputs["metadata"] ?? {}) as Record<string, unknown>;
  const kind = type.split(":").at(-1) ?? "";
  const own = typeof name === "string" ? name : (urn.split("::").at(-1) ?? "");
  return typeof namespace === "string" ? `${kind} ${namespace}/${own}` : `${kind} ${own}`;
}

function objectLines(change: Change): string[] {
  const yaml = (state: State | undefined, other: State | undefined): string =>
    state === undefined
      ? ""
      : stringify(shownObject(state, state === change.after ? other : undefined, change.reasons));
  const lines = hunksOf(yaml(change.before, undefined), yaml(change.after, change.before));
  const { replaceReasons } = change;
  return replaceReasons.length === 0 ? lines : [`made anew because of ${replaceReasons.join(", ")}`, ...lines];
}

/** An object without its secrets. What the engine notes for itself is none of it. */
function shownObject(state: State, earlier: State | undefined, reasons: readonly string[]): unknown {
  const entries = Object.entries(state.inputs).filter(([key]) => !key.startsWith("__"));
  const isSecretKind = state.type.endsWith(":Secret");
  const shown = entries.map(([key, value]) => {
    if (!isSecretKind || (key !== "data" && key !== "stringData")) return [key, withoutSecretValues(value)];
    return [key, hiddenData(value, earlier?.inputs[key], earlier !== undefined && reasons.includes(key))];
  });
  return Object.fromEntries(shown);
}

/** The names of a Secret's entries, and which of them are others. */
function hiddenData(value: unknown, earlier: unknown, isChanged: boolean): unknown {
  if (isSecret(value) || typeof value !== "object" || value === null) return isChanged ? `${hidden}, changed` : hidden;
  const old = (earlier ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const isKnown = !isSecret(one) && key in old && !isSecret(old[key]);
      const differs = isKnown ? JSON.stringify(one) !== JSON.stringify(old[key]) : isChanged && key in old;
      return [key, differs ? `${hidden}, changed` : hidden];
    }),
  );
}
