/** A box with a GitLab of its own. */
import type { Box } from "../../box/index.ts";
import type { Changes } from "../box/edit.ts";
import { hashicorp } from "../box/aptKeys.ts";
import { parseProtobox } from "../box/parsing.ts";

/** The least that there is to say of one. */
export const sampleGitlab = {
  repository: "gitlab",
  pool: "gitlab-pool",
  network: "gateway-network",
  externalUrl: "https://git.protobox/gitlab",
  data: "/storage/shared/gitlab/data",
};

/** All that there is to say of one. */
export const wholeGitlab = {
  ...sampleGitlab,
  edition: "ee",
  port: 8282,
  pages: { externalUrl: "https://pages.protobox", port: 8091 },
  registry: true,
  smtp: {
    address: "mail.site",
    port: 465,
    encryption: "tls",
    username: "git#{`id`}'\\",
    authentication: "plain",
    from: "git@protobox.site",
  },
  backup: { schedule: "Mon..Fri *-*-* 01:30", keepDays: 14 },
};

/** What else the Protobox says for it. */
export const aroundGitlab: Changes = {
  "aptRepositories.gitlab": { ...hashicorp, url: "https://apt.example.org/gitlab" },
  "pools.gitlab-pool": ["gateway-4"],
  "pools.runners-pool": ["search-1"],
  "webservers.serverNames": [
    "protobox.test",
    "git.protobox",
    "registry.protobox",
    "pages.protobox",
    "*.pages.protobox",
  ],
  "sharedVolumes.shared": {
    kind: "nfs",
    server: "192.168.2.200",
    export: "/srv/shared",
    clients: ["gitlab-pool"],
  },
};

/** What it takes for the registry of `wholeGitlab`. */
export const registryOfGitlab: Changes = {
  registry: { name: "registry.protobox", pool: "gitlab-pool", kind: "gitlab", port: 5050 },
};

/** The Protobox with a GitLab on gateway-4. */
export function gitlabBox(changes: object = {}, others: Changes = {}): Box {
  return parseProtobox({ ...aroundGitlab, gitlab: { ...sampleGitlab, ...changes }, ...others });
}

/** The same with all that there is to say. */
export function wholeGitlabBox(): Box {
  return gitlabBox(wholeGitlab, registryOfGitlab);
}
