import { headerKey, isClaim } from "./clientClaims.ts";

/**
 * Directives of nginx that a route may set inside its location (nginx.org, "Alphabetical index of directives", context
 * `location`). Left out on purpose: those that open blocks, name files of the host, or belong to the pool's base
 * configuration.
 */
export const locationDirectives = [
  "add_header",
  "allow",
  "charset",
  "client_body_buffer_size",
  "client_body_timeout",
  "client_max_body_size",
  "default_type",
  "deny",
  "expires",
  "gzip",
  "gzip_min_length",
  "gzip_types",
  "keepalive_timeout",
  "limit_rate",
  "log_not_found",
  "proxy_buffer_size",
  "proxy_buffering",
  "proxy_buffers",
  "proxy_busy_buffers_size",
  "proxy_connect_timeout",
  "proxy_cookie_domain",
  "proxy_cookie_flags",
  "proxy_cookie_path",
  "proxy_force_ranges",
  "proxy_hide_header",
  "proxy_http_version",
  "proxy_ignore_client_abort",
  "proxy_ignore_headers",
  "proxy_intercept_errors",
  "proxy_max_temp_file_size",
  "proxy_next_upstream",
  "proxy_next_upstream_timeout",
  "proxy_next_upstream_tries",
  "proxy_pass",
  "proxy_pass_header",
  "proxy_pass_request_body",
  "proxy_pass_request_headers",
  "proxy_read_timeout",
  "proxy_redirect",
  "proxy_request_buffering",
  "proxy_send_timeout",
  "proxy_set_header",
  "proxy_socket_keepalive",
  "return",
  "rewrite",
  "satisfy",
  "send_timeout",
  "sub_filter",
  "sub_filter_once",
  "sub_filter_types",
] as const;

/** A directive that a route may set inside its location. */
export type LocationDirective = (typeof locationDirectives)[number];

/**
 * The first variable of a value that stands for what a client claims in a request header, and that header's name; undefined
 * where there is none.
 *
 * @example claimIn("$http_x_forwarded_proto") // { variable: "$http_x_forwarded_proto", header: "x-forwarded-proto" }
 */
export function claimIn(value: string): { readonly variable: string; readonly header: string } | undefined {
  for (const [variable, name = ""] of value.matchAll(/\$\{?http_(\w+)\}?/gi)) {
    const header = headerKey(name);
    if (isClaim(header)) return { variable, header };
  }
  return undefined;
}

/**
 * The first variable of a value that nginx has decoded: in it `%0d%0a` has become a line break, which would end a header and
 * begin another.
 *
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html#var_uri
 */
export function decodedVariableIn(value: string): string | undefined {
  return /\$(?:\{(?:uri|document_uri|request_filename)\}|(?:uri|document_uri|request_filename)\b|\d)/.exec(value)?.[0];
}

/**
 * The words of a directive's value as nginx reads it, or why the text cannot be one: words are parted by blanks; a word that
 * begins with a quote ends with the same quote; a backslash takes the next character as it is. What is left bare must not end
 * the directive (`;`), open or close a block, or begin a comment.
 *
 * @example readDirectiveValue('200 "a b"') // { words: ["200", '"a b"'] }
 */
export function readDirectiveValue(value: string): { readonly words: readonly string[] } | { readonly fault: string } {
  if (value.trim() === "") return { fault: `it is empty; an empty word is written '""'` };
  if (/\p{Cc}/u.test(value)) return { fault: "it holds a line break or another control character" };
  const words: string[] = [];
  for (let position = 0; position < value.length;) {
    const character = value.charAt(position);
    if (character === " ") position++;
    else if (character === "#") return { fault: `"#" begins a comment; put the word in quotes` };
    else {
      const end = character === '"' || character === "'" ? endOfQuoted(value, position) : endOfBare(value, position);
      if (typeof end === "string") return { fault: end };
      words.push(value.slice(position, end));
      position = end;
    }
  }
  return { words };
}

/**
 * Says why a text cannot stand as the value of a directive, or nothing.
 *
 * @example
 * directiveValueFault("http://stream_kibana; return 200"); // `";" ends the directive: …`
 */
export function directiveValueFault(value: string): string | undefined {
  const read = readDirectiveValue(value);
  return "fault" in read ? read.fault : undefined;
}

function endOfQuoted(value: string, start: number): number | string {
  const quote = value.charAt(start);
  for (let position = start + 1; position < value.length; position++) {
    if (value.charAt(position) === "\\") position++;
    else if (value.charAt(position) === quote) {
      const next = value.charAt(position + 1);
      return next === "" || next === " "
        ? position + 1
        : `after a closing quote comes a blank, not ${JSON.stringify(next)}`;
    }
  }
  return `the quote ${quote} is not closed`;
}

function endOfBare(value: string, start: number): number | string {
  for (let position = start; position < value.length; position++) {
    const character = value.charAt(position);
    if (character === " ") return position;
    const variable = /^\$\{\w+\}/.exec(value.slice(position))?.[0];
    if (variable !== undefined) {
      position += variable.length - 1;
      continue;
    }
    if (character === ";") return `";" ends the directive; put the word in quotes or leave it out`;
    if (character === "{" || character === "}") return `"${character}" is for blocks; put the word in quotes`;
    if (character === "\\") {
      if (/^ ?$/.test(value.charAt(position + 1)))
        return "a backslash takes away the word's end; put the word in quotes";
      position++;
    }
  }
  return value.length;
}

/**
 * Headers of an answer that hold for every application under one name, so that none of these may set them for the others:
 * RFC 6797, Clear-Site-Data, RFC 7838, RFC 7469, Network Error Logging, Reporting API, Service Workers.
 */
export const originWideHeaders = [
  "Strict-Transport-Security",
  "Clear-Site-Data",
  "Alt-Svc",
  "Public-Key-Pins",
  "Public-Key-Pins-Report-Only",
  "Expect-CT",
  "NEL",
  "Report-To",
  "Origin-Agent-Cluster",
  "Service-Worker-Allowed",
  "Accept-CH",
  "Critical-CH",
  "Set-Login",
] as const;
