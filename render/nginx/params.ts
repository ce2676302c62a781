/** The documents' `params` as lines of a location. */
import { headerKey, honestNames } from "../../box/clientClaims.ts";
import type { LocationParam } from "../../box/model.ts";
import { claimIn, decodedVariableIn, directiveValueFault, readDirectiveValue } from "../../box/nginxVocabulary.ts";

/** A directive and what follows its name. */
export interface Line {
  readonly directive: string;
  readonly value: string;
}

/** How nginx names a header's variable, behind `http_`. */
export function variableName(header: string): string {
  return headerKey(header).replaceAll("-", "_");
}

/** What the edge knows better than the variables that the documents use. */
const instead: Readonly<Record<string, string>> = {
  // Appends to what a client claims.
  proxy_add_x_forwarded_for: "$remote_addr",
  // May differ from the name by which the request was let in.
  http_host: "$edge_host",
  // Any protocol.
  http_upgrade: "$edge_upgrade",
  // Cleared with their families, and taken down before.
  ...Object.fromEntries(honestNames.map((name) => [`http_${variableName(name)}`, `$client_${variableName(name)}`])),
};

/**
 * The lines of one parameter, once for each entry.
 *
 * @param where what messages begin with
 * @throws Error for what would not stay inside its directive, and for what passes on a client's claims.
 */
export function linesOf(param: LocationParam, where: string): Line[] {
  const { directive } = param;
  if (!/^[a-z][a-z0-9_]*$/.test(directive) || directive === "location" || directive === "include") {
    throw new Error(`${where}: ${JSON.stringify(directive)} is not a directive that a location may have`);
  }
  const checked = (value: string, what: string): string => checkedValue(value, what, directive);
  if (param.type === "single") return [{ directive, value: checked(param.value, `${where}, ${directive}`) }];
  return Object.entries(param.values).map(([key, value]) => {
    const what = `${where}, ${directive} ${key}`;
    if (!/^[^\s;{}"'#\\]+$/.test(key)) throw new Error(`${what}: ${JSON.stringify(key)} is not one word`);
    return { directive, value: `${key} ${checked(asOneWord(value), what)}` };
  });
}

/** An entry's value is one word to nginx; blanks and the like inside it need quotes unless it brings its own. */
function asOneWord(value: string): string {
  if (wordsOf(value).length === 1) return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** The words of a value as nginx reads them; none if it is no value. */
export function wordsOf(value: string): readonly string[] {
  const read = readDirectiveValue(value);
  return "words" in read ? read.words : [];
}

function checkedValue(value: string, what: string, directive: string): string {
  const fault = directiveValueFault(value);
  if (fault !== undefined) {
    throw new Error(`${what}: ${JSON.stringify(value)} would not stay inside its directive: ${fault}`);
  }
  const claim = claimIn(value);
  if (claim !== undefined) {
    throw new Error(
      `${what}: ${claim.variable} is whatever the client sent and is not trusted at the edge; leave it out`,
    );
  }
  const decoded = directive === "rewrite" ? undefined : decodedVariableIn(value);
  if (decoded !== undefined) throw new Error(`${what}: ${decoded} may hold line breaks; write $request_uri`);
  return wordsOf(value).map(edgeVariables).join(" ");
}

function edgeVariables(word: string): string {
  return word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const variable = (braced ?? bare ?? "").toLowerCase();
    return Object.hasOwn(instead, variable) ? (instead[variable] ?? whole) : whole;
  });
}
