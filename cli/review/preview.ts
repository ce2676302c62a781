/** What `pulumi preview --json` says, as far as a review needs it. */
import { bounded, printable, withoutSecrets } from "../../box/printable.ts";

/** A resource as it is, or as it will be. */
export interface State {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  /** Properties that are secret whatever they are written as. */
  readonly secretOutputs: readonly string[];
  /** The hooks that run before it is made or changed, by their names. */
  readonly hooks: readonly string[];
}

/** What becomes of one resource. */
export interface Change {
  readonly urn: string;
  readonly kind: ChangeKind;
  /** Absent for what is created. */
  readonly before?: State;
  /** Absent for what is deleted. */
  readonly after?: State;
  /** The inputs that are others, secret ones among them. */
  readonly reasons: readonly string[];
  /** Of what is replaced: the properties that cannot be changed otherwise. */
  readonly replaceReasons: readonly string[];
}

export const ChangeKind = {
  Same: "same",
  Created: "created",
  Changed: "changed",
  /** Deleted, and made anew. */
  Replaced: "replaced",
  Deleted: "deleted",
} as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];

/** A preview: every resource of the stack, what stays as it is included. */
export interface Preview {
  readonly stack: string;
  readonly project: string;
  readonly changes: readonly Change[];
  /** Resources by their URN. */
  readonly byUrn: ReadonlyMap<string, Change>;
  /** The stack's configuration after the change; objects in JSON, secrets left out. */
  readonly config: Readonly<Record<string, string>>;
}

/** Why a text is no preview that can be reviewed. */
export class PreviewRefused extends Error {}

const howTo = "make it with: pulumi preview --json > preview.json";

/** Of a resource that is replaced the engine tells several steps. */
const kinds: Readonly<Record<string, ChangeKind>> = {
  create: ChangeKind.Created,
  import: ChangeKind.Created,
  update: ChangeKind.Changed,
  replace: ChangeKind.Replaced,
  "create-replacement": ChangeKind.Replaced,
  "delete-replaced": ChangeKind.Replaced,
  delete: ChangeKind.Deleted,
  discard: ChangeKind.Deleted,
};

type Data = Readonly<Record<string, unknown>>;

/**
 * Reads a preview. Lines that a wrapper has printed before it are passed over.
 *
 * @throws PreviewRefused for what is none, for one that has failed, and for a saved plan, which has no previous texts.
 */
export function parsePreview(text: string): Preview {
  const whole = parsed(text);
  if (whole["resourcePlans"] !== undefined)
    throw new PreviewRefused(
      "this is a saved plan, which has no previous texts to compare with; one run writes both: pulumi preview --json --save-plan plan.json > preview.json",
    );
  failIfFailed(whole);
  const steps = list(whole["steps"]);
  if (steps.length === 0) throw new PreviewRefused(`there is no step in it; ${howTo}`);
  const byUrn = new Map<string, Change>();
  for (const step of steps) {
    const change = changeOf(step);
    byUrn.set(change.urn, joined(byUrn.get(change.urn), change));
  }
  const [, , stack = "", project = ""] = ([...byUrn.keys()][0] ?? "").split(":").filter((part) => part !== "");
  const config = Object.entries(data(whole["config"])).flatMap(([key, value]) =>
    typeof value === "string" && value !== "[secret]" ? [[key, value] as const] : [],
  );
  return { stack, project, changes: [...byUrn.values()], byUrn, config: Object.fromEntries(config) };
}

function parsed(text: string): Data {
  const start = /^\{/m.exec(text)?.index;
  try {
    const value: unknown = JSON.parse(text.slice(start ?? 0));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Data;
  } catch {
    // A preview may hold secrets of others: nothing of it is quoted.
  }
  const what = text.trim() === "" ? "the preview is empty" : "this is not the JSON of a preview";
  throw new PreviewRefused(`${what}; ${howTo}`);
}

function failIfFailed(whole: Data): void {
  const errors = list(whole["diagnostics"]).filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const words = errors.map(({ message }) =>
    withoutSecrets(printable(String(message).trim()).replaceAll("\\u000a", "\n")),
  );
  throw new PreviewRefused(`the preview has failed, so it does not say what would change:\n${words.join("\n")}`);
}

function changeOf(step: Data): Change {
  const urn = step["urn"];
  const kind = kinds[String(step["op"])] ?? ChangeKind.Same;
  if (typeof urn !== "string") throw new PreviewRefused(`a step has no urn: ${bounded(String(step["op"]))}; ${howTo}`);
  const before = kind === ChangeKind.Created ? undefined : stateOf(step["oldState"]);
  const after = kind === ChangeKind.Deleted ? undefined : stateOf(step["newState"]);
  const reasons = new Set([
    ...listOf(step["diffReasons"]),
    ...Object.keys(data(step["detailedDiff"])).map((path) => path.split(/[.[]/)[0] ?? ""),
  ]);
  return {
    urn,
    kind,
    ...(before && { before }),
    ...(after && { after }),
    reasons: [...reasons],
    replaceReasons: listOf(step["replaceReasons"]),
  };
}

/** Steps of one resource: the first knows what was, the last what will be. One that gets another URN comes as two. */
function joined(earlier: Change | undefined, later: Change): Change {
  if (earlier === undefined) return later;
  const before = earlier.before ?? later.before;
  const after = later.after ?? earlier.after;
  const kind = earlier.kind === ChangeKind.Same ? later.kind : earlier.kind;
  const both = before !== undefined && after !== undefined;
  return {
    urn: later.urn,
    kind: both && kind !== ChangeKind.Same && kind !== ChangeKind.Changed ? ChangeKind.Replaced : kind,
    ...(before && { before }),
    ...(after && { after }),
    reasons: [...new Set([...earlier.reasons, ...later.reasons])],
    replaceReasons: [...new Set([...earlier.replaceReasons, ...later.replaceReasons])],
  };
}

function stateOf(value: unknown): State | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const state = value as Data;
  const { parent } = state;
  return {
    type: String(state["type"]),
    inputs: data(state["inputs"]),
    ...(typeof parent === "string" ? { parent } : {}),
    dependencies: listOf(state["dependencies"]),
    secretOutputs: listOf(state["additionalSecretOutputs"]),
    hooks: Object.values(data(state["resourceHooks"])).flatMap(listOf),
  };
}

function data(value: unknown): Data {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
}

function list(value: unknown): readonly Data[] {
  return Array.isArray(value) ? value.map(data) : [];
}

/** The texts of a list. */
function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
