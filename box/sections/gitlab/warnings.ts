import { membersOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { externalUrlOf } from "./urls.ts";

/** The web servers answer over TLS. */
export function* plainUrls({ gitlab: { externalUrl, pages } }: Draft): Generator<Violation> {
  const urls = [
    [pathOf("gitlab", "externalUrl"), externalUrl],
    [pathOf("gitlab", "pages", "externalUrl"), pages?.externalUrl],
  ] as const;
  for (const [path, url] of urls)
    if (externalUrlOf(url)?.scheme === "http")
      yield {
        path,
        message:
          "is http, so each link and each clone begins in plain, and comes to the web servers' TLS by a redirect: write https",
      };
}

/** Cookies that a site sets for all below a name reach GitLab, if it is there too. */
export function* pagesBelow({ gitlab: { externalUrl, pages } }: Draft): Generator<Violation> {
  const [own, site] = [externalUrlOf(externalUrl)?.host, externalUrlOf(pages?.externalUrl)?.host];
  if (own === undefined || site === undefined || !site.endsWith(`.${own}`)) return;
  const message = `${site} is below ${own}, GitLab's own name, so cookies of sites reach GitLab: a name beside it is safer`;
  yield { path: pathOf("gitlab", "pages", "externalUrl"), message };
}

/** Jobs take what they find: memory, disks and, with Docker, much of the host. */
export function* runnersBesideGitLab(draft: Draft): Generator<Violation> {
  const { pool, runners } = draft.gitlab;
  const own = new Set(membersOf(draft, pool));
  const both = membersOf(draft, runners?.pool).find((host) => own.has(host));
  if (both === undefined) return;
  const message = `${both} runs GitLab itself, whose secrets and data jobs would run beside: a pool of other hosts is safer`;
  yield { path: pathOf("gitlab", "runners", "pool"), message };
}

/** Who runs GitLab wants people to come to it. */
export function* withoutWay(draft: Draft): Generator<Violation> {
  if (!draft.written.has("gitlab") || draft.tools.gitlab !== undefined) return;
  const path = externalUrlOf(draft.gitlab.externalUrl)?.path;
  if (path === undefined) return;
  const write =
    path === ""
      ? "give externalUrl a sub-path, and write tools.gitlab"
      : `write tools: { gitlab: ${path === "/gitlab" ? "{}" : `{ path: ${path}/ }`} }`;
  yield { path: "gitlab", message: `no web server of this stack leads to it, so nobody finds it: ${write}` };
}

/** A location of the web servers applies to all their names, and sites have names instead of locations. */
export function* sitesWithoutWay(draft: Draft): Generator<Violation> {
  const host = externalUrlOf(draft.gitlab.pages?.externalUrl)?.host;
  if (host === undefined) return;
  const message = `no web server of the box leads to sites below ${host} yet: a server of your own has to, to port ${draft.gitlab.pages?.port ?? ""} of GitLab's host`;
  yield { path: pathOf("gitlab", "pages"), message };
}
