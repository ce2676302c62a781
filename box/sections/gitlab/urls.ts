/** URLs under which GitLab is found. */
import { show } from "../../printable.ts";
import { urlFault } from "../containerRuntime/urls.ts";

const form =
  /^(?<scheme>https?):\/\/(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d+))?(?<path>(?:\/[a-z0-9][a-z0-9_-]*)*)\/?$/;

/** The parts of a URL that has no fault. */
export interface ExternalUrl {
  readonly scheme: string;
  readonly host: string;
  /** The sub-path, without a slash at its end; empty where there is none. */
  readonly path: string;
  /** All of it, without a slash at its end. */
  readonly text: string;
}

/** The parts of a URL; undefined for what is none of GitLab's. */
export function externalUrlOf(text: string | undefined): ExternalUrl | undefined {
  if (text === undefined || externalUrlFault(text) !== undefined) return undefined;
  const { scheme = "", host = "", path = "" } = form.exec(text)?.groups ?? {};
  return { scheme, host, path, text: text.replace(/\/$/, "") };
}

/** What keeps a URL from being one that GitLab can be found under: a sentence without what may be a password. */
export function externalUrlFault(text: string): string | undefined {
  const example = "https://git.box/gitlab";
  // What cannot be one of a server at all, and what must not be quoted.
  const [plain = ""] = text.split(/[?#]/);
  const fault = urlFault(plain, example);
  if (fault !== undefined) return fault;
  const shown = show(plain);
  // What stands there may be a token, so it is not quoted.
  if (/[?#]/.test(text))
    return `${shown} has a query or a fragment at its end: write the URL up to its path, as ${example}`;
  if (text !== text.toLowerCase()) return `${shown} has capitals: write it in lower case, as browsers do`;
  return form.test(text)
    ? undefined
    : `${shown} is not a URL such as ${example}: no more than a host, a port and a path`;
}

/** Whether one of the names that web servers serve is this host's, `*.box` for any below it. */
export function isServed(host: string, serverNames: readonly string[]): boolean {
  return serverNames.some((one) => one === host || (one.startsWith("*.") && isLabelBelow(host, one.slice(1))));
}

/** A name with an asterisk stands for any that ends so. */
function isLabelBelow(host: string, ending: string): boolean {
  return host.endsWith(ending) && host.length > ending.length;
}
