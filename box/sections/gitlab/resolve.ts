import type { Configuration } from "../../configuration.ts";
import { isBelow } from "../sharedVolumes/places.ts";
import type { GitLab } from "./model.ts";
import { externalUrlOf } from "./urls.ts";

/** GitLab of a sound configuration: URLs taken apart, and the volume found that its data is on. */
export function resolveGitLab({ gitlab, registry, sharedVolumes }: Configuration): GitLab | undefined {
  if (gitlab === undefined) return undefined;
  const { externalUrl, pages, smtp, registry: runsRegistry, runners, ...written } = gitlab;
  const mountPoint = Object.values(sharedVolumes)
    .filter(({ kind }) => kind !== "local")
    .map((volume) => volume.mountPoint)
    .find((place) => isBelow(gitlab.data, place));
  return {
    ...written,
    externalUrl: urlOf(externalUrl).text,
    path: urlOf(externalUrl).path,
    ...(mountPoint === undefined ? {} : { mountPoint }),
    ...(pages === undefined ? {} : { pages: { ...pages, externalUrl: urlOf(pages.externalUrl).text } }),
    ...(runsRegistry && registry !== undefined
      ? { registry: { externalUrl: `https://${registry.name}`, port: registry.port } }
      : {}),
    ...(smtp === undefined ? {} : { smtp }),
    ...(runners === undefined ? {} : { runners: { ...runners, repository: runners.repository ?? gitlab.repository } }),
  };
}

function urlOf(text: string): { readonly text: string; readonly path: string } {
  const url = externalUrlOf(text);
  if (url === undefined) throw new Error(`${text} is no URL of GitLab's; a rule is missing`);
  return url;
}
