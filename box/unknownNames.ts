import { show } from "./printable.ts";
import { suggestion } from "./nearMiss.ts";

/** What a message says about a name that is not declared. */
export function unknown(entry: string, section: string, name: string, declared: ReadonlySet<string>): string {
  const end = declared.size === 0 ? `: none is declared under ${section}` : suggestion(name, declared);
  return `unknown ${entry} ${show(name)}${end}`;
}
