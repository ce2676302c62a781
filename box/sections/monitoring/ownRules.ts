import { parseDocument } from "yaml";
import { valuesOf, type Draft } from "../../draft.ts";
import { bounded } from "../../printable.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** Rule files of the operator's own have the shape of such files. What their expressions mean says promtool on the host. */
export function* ownRuleFiles(draft: Draft): Generator<Violation> {
  const { prometheus } = draft.monitoring;
  for (const [name, text] of valuesOf(prometheus?.rules)) {
    const fault = ruleFileFault(text);
    if (fault !== undefined) yield { path: pathOf("monitoring", "prometheus", "rules", name), message: fault };
  }
}

/** Why a text is no file of rules: the first reason. @see https://prometheus.io/docs/prometheus/2.42/configuration/recording_rules/ */
export function ruleFileFault(text: string): string | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split("\n").length;
    return `is no YAML, in line ${line}: ${bounded(error.message)}`;
  }
  const { groups } = mapping(document.toJS({ maxAliasCount: 0 }));
  if (!Array.isArray(groups)) return 'is no file of rules: write "groups:" and below it a list of groups';
  const names = new Set<string>();
  for (const [index, group] of groups.entries()) {
    const { name, rules } = mapping(group);
    const where = `groups[${index}]`;
    if (typeof name !== "string" || name === "") return `${where} has no name`;
    if (names.has(name)) return `${where}: the name "${bounded(name)}" is another group's: choose another`;
    names.add(name);
    if (!Array.isArray(rules)) return `${where}, "${bounded(name)}", has no list of rules`;
    for (const [at, rule] of rules.entries()) {
      const fault = ruleFault(rule);
      if (fault !== undefined) return `${where}.rules[${at}] ${fault}`;
    }
  }
  return undefined;
}

function ruleFault(rule: unknown): string | undefined {
  const { alert, record, expr } = mapping(rule);
  if ((alert === undefined) === (record === undefined)) return 'is to have one of "alert" and "record"';
  if (typeof (alert ?? record) !== "string") return "has a name that is no text";
  if (typeof expr !== "string" && typeof expr !== "number") return 'has no "expr": write the expression';
  return undefined;
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
