/** The messages that `up` can end with, as they stand in the source. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

const project = path.resolve(import.meta.dirname, "../..");

/** A message: what varies in it is `…`. */
export interface UpMessage {
  readonly file: string;
  readonly text: string;
}

/** What in a script of a host is followed by a message. */
const shellMessage =
  /(?<![\w-])(?:(?:fail|because|apt_failed|answer 1) |(?:wrong|faults?|back_failure|step_outcome|earlier|failure|failure_words)=)(?=["'])/g;

/** What the installation of the runtime, and the guard, say without the runtime's own words for it. */
const shellEcho = /(?<=^\s*|[;{] *)echo (?=["'][^"'\n]*["'] >(?:&2|"\$work\/log"))/gm;

/** What in the program is. */
const programMessage = /throw new (?:Error|pulumi\.RunError|pulumi\.ResourceError)\(\s*(?=["'`])/g;

/** Scripts that `up` starts on hosts, and the parts of the program that it runs itself. */
export function upMessages(): readonly UpMessage[] {
  const found = [
    ...messagesOf(["host/runtime/*.sh", "render/**/*.sh"], shellMessage),
    ...messagesOf(["host/runtime/{install,guard}.sh"], shellEcho),
    ...messagesOf(["host/**/*.ts", "components/**/*.ts"], programMessage),
  ];
  return [...new Map(found.map((one) => [one.text, one])).values()];
}

function messagesOf(patterns: readonly string[], kind: RegExp): UpMessage[] {
  return globSync([...patterns], { cwd: project })
    .sort()
    .flatMap((file) => {
      const source = readFileSync(path.join(project, file), "utf8").replaceAll(commentOf(file), "");
      return [...source.matchAll(kind)].flatMap((match) => {
        const text = messageAt(source, match.index + match[0].length);
        // What is nothing but what another has said is told by that one.
        return /[A-Za-z]{2}/.test(text) ? [{ file, text }] : [];
      });
    });
}

/** Lines that are comments. */
function commentOf(file: string): RegExp {
  return file.endsWith(".sh") ? /^\s*#.*$/gm : /^\s*(?:\/\/|\/?\*).*$/gm;
}

/**
 * The text in quotes at a place, with `…` for what varies, on one line.
 *
 * @example messageAt("fail \"no $one\"", 5) // "no …"
 */
export function messageAt(source: string, start: number): string {
  const quote = source[start] ?? "";
  let text = "";
  let at = start + 1;
  while (at < source.length && source[at] !== quote) {
    const skipped = quote === "'" ? 0 : variableLength(source, at, quote);
    if (skipped > 0) {
      text += "…";
      at += skipped;
    } else if (source[at] === "\\" && quote !== "'") {
      text += source[at + 1] === "\n" ? "" : (source[at + 1] ?? "");
      at += 2;
    } else {
      text += source[at] ?? "";
      at += 1;
    }
  }
  return text
    .replace(/\s+/g, " ")
    .replace(/…(?:\s*…)+/g, "…")
    .trim();
}

/** How long what varies at a place is: `$name`, `${name%x}`, `$(command "with $words")`. */
function variableLength(source: string, at: number, quote: string): number {
  if (source[at] !== "$") return 0;
  const open = source[at + 1] ?? "";
  if (quote === "`" ? open === "{" : open === "{" || open === "(") return closedLength(source, at + 1) + 1;
  if (quote === "`") return 0;
  const [name = ""] = /^(?:[A-Za-z_]\w*|[0-9*@#?])/.exec(source.slice(at + 1, at + 80)) ?? [];
  return name === "" ? 0 : name.length + 1;
}

/** The length of what is in brackets, whatever stands in it in quotes. */
function closedLength(source: string, at: number): number {
  const close = source[at] === "{" ? "}" : ")";
  let depth = 0;
  let quote = "";
  // The patterns of a case end in a bracket that nothing has opened.
  let cases = 0;
  for (let end = at; end < source.length; end += 1) {
    const letter = source[end] ?? "";
    if (letter === "\\") end += 1;
    else if (quote !== "") quote = letter === quote ? "" : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (/^case\s/.test(source.slice(end, end + 5))) cases += 1;
    else if (/^esac\b/.test(source.slice(end, end + 5))) cases -= 1;
    else if (cases > 0) continue;
    else if (letter === source[at]) depth += 1;
    else if (letter === close && (depth -= 1) === 0) return end - at + 1;
  }
  return source.length - at;
}
