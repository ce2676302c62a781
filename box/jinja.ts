import { show } from "./printable.ts";
import { nearest } from "./nearMiss.ts";
import { pathTo, type PathStep, type Violation } from "./violations.ts";

/** No text is left that an Ansible inventory would have evaluated. Looks at what was written, before any schema. */
export function* leftOverJinja(values: Readonly<Record<string, unknown>>): Generator<Violation> {
  const { apps } = values;
  const appNames = typeof apps === "object" && apps !== null ? Object.keys(apps) : [];
  for (const { path, text } of texts(values, [])) {
    const expression = /\{\{(.*?)(?:\}\}|$)|\{%/s.exec(text);
    if (expression) yield { path: pathTo(path), message: explain(text, expression[1]?.trim() ?? "", appNames) };
  }
}

/** Every text inside of a value, keys of mappings too: a key's path ends with the key itself. */
function* texts(value: unknown, path: readonly PathStep[]): Generator<{ path: readonly PathStep[]; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* texts(item, [...path, index]);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key.includes("{{")) yield { path: [...path, key], text: key };
      else yield* texts(item, [...path, key]);
    }
  }
}

function explain(text: string, expression: string, apps: readonly string[]): string {
  const fault = `${show(text)} is a Jinja expression, which nothing evaluates here`;
  const subtraction = /[\w.]*\w-[A-Za-z_][\w-]*(?:\.\w+)*/.exec(expression)?.[0];
  const aside =
    subtraction === undefined ? "" : ` (and Jinja itself would subtract: ${subtraction.replaceAll("-", " - ")})`;
  const app = /^app\.([\w-]+)\.port$/.exec(expression)?.[1];
  const hint = app === undefined ? "write the value itself" : `write "app: ${nearest(app, apps) ?? app}" instead`;
  return `${fault}${aside}: ${hint}`;
}
