import type { Section } from "../section.ts";
import { resolveGitLab } from "./resolve.ts";
import {
  behindWebservers,
  gitlabHost,
  gitlabUrls,
  oneRegistry,
  pagesApart,
  runnerHosts,
  servedNames,
  smtpLogin,
  subPathFree,
} from "./rules.ts";
import { schema } from "./schema.ts";
import { dataOfOneHost, mountedThere, placeOfData } from "./storage.ts";
import { pagesBelow, plainUrls, runnersBesideGitLab, sitesWithoutWay, withoutWay } from "./warnings.ts";
import { wayThere } from "./way.ts";

/** GitLab, behind the web servers. */
export const gitlab: Section<"gitlab", typeof schema> = {
  name: "gitlab",
  schema,
  rules: [
    behindWebservers,
    gitlabHost,
    gitlabUrls,
    servedNames,
    subPathFree,
    wayThere,
    pagesApart,
    oneRegistry,
    smtpLogin,
    placeOfData,
    mountedThere,
    runnerHosts,
  ],
  warnings: [withoutWay, dataOfOneHost, plainUrls, pagesBelow, sitesWithoutWay, runnersBesideGitLab],
  resolve: ({ configuration }) => resolveGitLab(configuration),
};
