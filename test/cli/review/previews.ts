/** Previews as the engine writes them, of resources that a case is about. */
import { payload, type Unit } from "../../../host/payload.ts";
import { parsePreview, type Preview } from "../../../cli/review/preview.ts";
import { reviewOf, type Review } from "../../../cli/review/review.ts";

/** One resource, before and after: without the one it is created, without the other deleted. */
export interface Sample {
  readonly name: string;
  readonly type?: string;
  readonly parent?: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly op?: string;
  readonly reasons?: readonly string[];
  readonly secretOutputs?: readonly string[];
  readonly hook?: string;
}

export const now = Date.parse("2026-12-01T00:00:00Z");

/** The URN of a sample. */
export const urnOf = (name: string): string => `urn:pulumi:dev::box::test:index:Any::${name}`;

/** What `pulumi preview --json` writes. */
export function previewText(samples: readonly Sample[], config: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ config, steps: samples.map(step), diagnostics: [], changeSummary: {} });
}

function step({ name, type = "test:index:Any", parent, before, after, dependencies = [], op, reasons, secretOutputs = [], hook }: Sample): object {
  const state = (inputs: object | undefined): object | undefined =>
    inputs && {
      type,
      urn: urnOf(name),
      inputs,
      ...(parent === undefined ? {} : { parent: urnOf(parent) }),
      dependencies: dependencies.map(urnOf),
      additionalSecretOutputs: secretOutputs,
      ...(hook === undefined ? {} : { resourceHooks: { BeforeCreate: [hook], BeforeUpdate: [hook] } }),
    };
  const same = JSON.stringify(before) === JSON.stringify(after);
  const found = op ?? (!before ? "create" : !after ? "delete" : same ? "same" : "update");
  const changed = Object.keys({ ...before, ...after }).filter((key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]));
  return {
    op: found,
    urn: urnOf(name),
    oldState: state(before),
    newState: state(after),
    diffReasons: reasons ?? (found === "update" ? changed : undefined),
    detailedDiff: null,
  };
} // prettier-ignore

export const previewOf = (samples: readonly Sample[], config?: Readonly<Record<string, string>>): Preview =>
  parsePreview(previewText(samples, config));

export const reviewed = (samples: readonly Sample[], config?: Readonly<Record<string, string>>): Review =>
  reviewOf(previewOf(samples, config), { now });

/** A unit's files by their paths; a text, or a text and its mode. */
export type Texts = Readonly<Record<string, string | readonly [text: string, mode: string]>>;

/** How a unit of a host is sent. */
export function unit(
  host: string,
  { assembly, unit, before, after, ...more }: { readonly assembly: string; readonly unit: string; readonly before?: Texts; readonly after?: Texts } & Pick<Sample, "dependencies">,
): Sample[] {
  const name = `${host}-${assembly}-${unit}`;
  const inputs = (texts: Texts): object => ({ host, assembly, unit, paths: Object.keys(texts).sort() });
  const stdin = (texts: Texts): object => ({ stdin: payload({ assembly, unit, files: filesOf(texts) }) });
  const both = (make: (texts: Texts) => object): Pick<Sample, "before" | "after"> => ({
    ...(before && { before: make(before) as Record<string, unknown> }),
    ...(after && { after: make(after) as Record<string, unknown> }),
  });
  return [
    { name: `${name}-component`, type: "gatebox:index:HostUnit", ...both(inputs) },
    { name, type: "command:remote:Command", parent: `${name}-component`, ...both(stdin), ...more },
  ];
} // prettier-ignore

function filesOf(texts: Texts): Unit["files"] {
  return Object.entries(texts).map(([path, given]) => {
    const [text, mode] = typeof given === "string" ? [given, "0644"] : given;
    return { path, text, mode };
  });
}

/** The same of what anybody may see: a command alone. */
export function bareUnit(host: string, given: Parameters<typeof unit>[1]): Sample {
  const [, command] = unit(host, given) as [Sample, Sample];
  return { ...command, parent: "stack", hook: `ssh-banner ${host} 192.0.2.1:22` };
}

/** The packages of a host. */
export function packages(host: string, before: readonly string[] | undefined, after: readonly string[]): Sample[] {
  const stdin = (names: readonly string[]): Record<string, unknown> => ({
    stdin: ["gatebox-packages 1", ...names.map((name) => `package ${name}`), "end", ""].join("\n"),
  });
  const component = { name: `${host}-packages-component`, type: "gatebox:index:HostPackages", after: { host } };
  return [
    before ? { ...component, before: { host } } : component,
    {
      name: `${host}-packages`,
      type: "command:remote:Command",
      parent: component.name,
      ...(before && { before: stdin(before) }),
      after: stdin(after),
    },
  ];
}
