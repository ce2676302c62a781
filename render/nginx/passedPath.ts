/** The path that an application sees: what stands behind the location's prefix, byte for byte. */
import type { Line } from "./params.ts";

/** How a location passes its path on. */
export interface PassedPath {
  /** Lines before all others. */
  readonly guard: readonly string[];
  /** Where requests are passed to. */
  readonly lines: readonly Line[];
  /** What is left of the given lines. */
  readonly rest: readonly Line[];
}

/**
 * nginx compares locations with the path in its normal form (decoded, `//` and dots resolved), and would send that form on where
 * a prefix is replaced: `a%2Fb` would arrive as `a/b`. So what is passed on is cut out of the request as it was sent; where this
 * does not begin with the location as it is written, it reaches the location by another spelling only and is answered 404.
 *
 * - Without a path in `proxy_pass` nginx sends the request's own path.
 * - The documents' `rewrite ^LOCATION(.*) /$1 break` beside such a `proxy_pass` means the same as `proxy_pass http://UPSTREAM/`.
 * - Any other `rewrite` works on the normal form, as nginx has it.
 *
 * @throws Error when `proxy_pass` leads to another upstream.
 */
export function passedPath(location: string, upstream: string, given: readonly Line[], where: string): PassedPath {
  const own = `http://${upstream}`;
  const written = given.find(({ directive }) => directive === "proxy_pass")?.value ?? `${own}/`;
  assertOwnUpstream(written, upstream, where);
  const idiom = written === own ? given.find((line) => stripsPrefix(line, location)) : undefined;
  const target = idiom === undefined ? written : `${own}/`;
  const rest = given.filter((line) => line !== idiom && line.directive !== "proxy_pass");
  const rewritten = rest.some(({ directive }) => directive === "rewrite");
  if (target === own || rewritten || target.includes("$")) {
    const guard = rewritten ? [] : guardOf(location, "");
    return { guard, lines: [{ directive: "proxy_pass", value: target }], rest };
  }
  const redirect = { directive: "proxy_redirect", value: `${target} ${location}` };
  const others = rest.filter(({ directive, value }) => directive !== "proxy_redirect" || value !== "default");
  const lines = [{ directive: "proxy_pass", value: `${target}$behind` }];
  const redirected = others.some(({ directive }) => directive === "proxy_redirect");
  return {
    guard: guardOf(location, "(?<behind>[^#]*)"),
    lines: redirected ? lines : [...lines, redirect],
    rest: others,
  };
}

function guardOf(location: string, behind: string): string[] {
  const pattern = `^${location.replaceAll(".", "\\.")}${behind}`;
  return [`if ($request_uri !~ "${pattern}") {`, "    return 404;", "}"];
}

function stripsPrefix({ directive, value }: Line, location: string): boolean {
  const [pattern = "", replacement, flag] = value.split(" ");
  const patterns = [`^${location}(.*)`, `^${location.replaceAll(".", "\\.")}(.*)`];
  return (
    directive === "rewrite" &&
    patterns.includes(pattern.replace(/\$$/, "")) &&
    replacement === "/$1" &&
    flag === "break"
  );
}

function assertOwnUpstream(value: string, upstream: string, where: string): void {
  const target = /^https?:\/\/([^/:$\s]+)(?:\/\S*)?$/.exec(value)?.[1];
  if (target !== upstream) {
    throw new Error(
      `${where}: proxy_pass ${JSON.stringify(value)} does not lead to the route's upstream "${upstream}"`,
    );
  }
}
