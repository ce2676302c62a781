import { pathOf, type Violation } from "../../violations.ts";
import type { Draft } from "../../draft.ts";
import { declaredTools } from "../tools/declared.ts";
import { externalUrlOf } from "./urls.ts";

const section = "gitlab";

/** The way through the web servers, where the stack writes it (`tools.gitlab`), leads to where GitLab listens and is found. */
export function* wayThere(draft: Draft): Generator<Violation> {
  const tool = declaredTools(draft).find(({ name }) => name === "gitlab");
  if (tool === undefined || !draft.written.has(section)) return;
  const { pool, port, network } = draft.gitlab;
  // An unknown pool is reported as that.
  const areKnown = [pool, tool.pool].every((one) => one !== undefined && draft.pools.has(one));
  if (areKnown && tool.pool !== pool)
    yield {
      path: pathOf(tool.path, "upstream", "pool"),
      message: `"${tool.pool ?? ""}" is not where GitLab runs (gitlab.pool): write ${pool ?? ""}, or leave it out`,
    };
  if (port !== undefined && tool.port !== undefined && tool.port !== port)
    yield {
      path: pathOf(tool.path, "upstream", "port"),
      message: `${tool.port} is not where GitLab listens (gitlab.port): write ${port}, or leave it out`,
    };
  yield* samePath(draft, pathOf(tool.path, "path"), tool.place);
  const { upstreamNetwork } = draft.webservers;
  const areNetworks = [network, upstreamNetwork].every((one) => one !== undefined && draft.networks.has(one));
  if (areNetworks && network !== upstreamNetwork)
    yield {
      path: pathOf(section, "network"),
      message:
        `GitLab listens on ${network ?? ""} alone, and the web servers look for tools on ${upstreamNetwork ?? ""} ` +
        `(webservers.upstreamNetwork): write ${upstreamNetwork ?? ""}`,
    };
}

/** GitLab makes its links of its URL, so it is where that says. */
function* samePath({ gitlab }: Draft, path: string, place: string | undefined): Generator<Violation> {
  const url = externalUrlOf(gitlab.externalUrl);
  if (url === undefined || place === undefined || place === `${url.path}/`) return;
  yield url.path === ""
    ? {
        path: pathOf(section, "externalUrl"),
        message: `has no sub-path, and web servers lead to GitLab at ${place} (${path}): write ${url.text}${place.slice(0, -1)}`,
      }
    : { path, message: `${place} is not where GitLab is found (gitlab.externalUrl): write ${url.path}/` };
}
