import { show } from "./printable.ts";
import { nearest } from "./nearMiss.ts";
import { pathTo, type PathStep, type Violation } from "./violations.ts";

/** No text is left that an Ansible inventory would have evaluated. Looks at what was written, before any schema. */
export function leftOverJinja(values: Readonly<Record<string, unknown>>): readonly Violation[] {
  const { apps } = values;
  const appNames = typeof apps === "object" && apps !== null ? Object.keys(apps) : [];
  const found: Violation[] = [];
  eachText(values, [], (text, path) => {
    const expression = /\{\{(.*?)(?:\}\}|$)|\{%/s.exec(text);
    if (expression) found.push({ path: pathTo(path), message: explain(text, expression[1]?.trim() ?? "", appNames) });
  });
  return found;
}

/** Looks at every text inside of a value, keys of mappings too: a key's path ends with the key itself. */
function eachText(value: unknown, path: PathStep[], look: (text: string, path: readonly PathStep[]) => void): void {
  if (typeof value === "string") look(value, path);
  else if (typeof value === "object" && value !== null) {
    const isList = Array.isArray(value);
    for (const [key, item] of Object.entries(value)) {
      path.push(isList ? Number(key) : key);
      if (!isList && key.includes("{{")) look(key, path);
      else eachText(item, path, look);
      path.pop();
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
