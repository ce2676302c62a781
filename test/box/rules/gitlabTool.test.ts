import assert from "node:assert/strict";
import fc from "fast-check";
import type { Box } from "../../../box/index.ts";
import { aroundGitlab, gitlabBox, sampleGitlab } from "../../render/sampleGitlab.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import type { Changes } from "../edit.ts";
import { describeViolations } from "../violations.ts";

const both = (tool: object, gitlab: object = {}, others: Changes = {}): Changes => ({
  ...aroundGitlab,
  gitlab: { ...sampleGitlab, ...gitlab },
  tools: { gitlab: tool },
  ...others,
});
const route = (location: string): Changes => ({ "webservers.routes.other": { location, upstream: { port: 30163, group: "kube-gateway-pool" } } }); // prettier-ignore

describeViolations("tools.gitlab of a box with a GitLab", [
  {
    breaks: "another pool, port and path, all at once",
    changes: both({ path: "/git/", upstream: { pool: "nat-gateway-pool", port: 80 } }),
    says: [
      'tools.gitlab.upstream.pool: "nat-gateway-pool" is not where GitLab runs (gitlab.pool): write gitlab-pool, or leave it out',
      "tools.gitlab.upstream.port: 80 is not where GitLab listens (gitlab.port): write 8181, or leave it out",
      "tools.gitlab.path: /git/ is not where GitLab is found (gitlab.externalUrl): write /gitlab/",
    ],
  },
  {
    breaks: "a sub-path of GitLab's that the tool does not say",
    changes: both({}, { externalUrl: "https://git.protobox/dev/git" }),
    says: ["tools.gitlab.path: /gitlab/ is not where GitLab is found (gitlab.externalUrl): write /dev/git/"],
  },
  {
    breaks: "a URL without a sub-path",
    changes: both(
      { path: "/git/" },
      { externalUrl: "https://git.protobox/" },
      { "webservers.routes": {}, services: {}, "kubeGateways.routes": {} },
    ),
    says: [
      "gitlab.externalUrl: has no sub-path, and web servers lead to GitLab at /git/ (tools.gitlab.path): write https://git.protobox/git",
    ],
  },
  {
    breaks: "a network on which web servers look for no tool",
    changes: both({}, { network: "public-network" }),
    says: [
      "gitlab.network: gateway-4 of gitlab-pool is not on public-network",
      "gitlab.network: GitLab listens on public-network alone, and the web servers look for tools on gateway-network (webservers.upstreamNetwork): write gateway-network",
    ],
  },
  {
    breaks: "an unknown pool, which is told as that alone, and a port that is none",
    changes: both({ upstream: { pool: "gitlab-pol", port: 0 } }),
    says: [
      "tools.gitlab.upstream.port: 0 is not a port: write a whole number from 1 to 65535",
      'tools.gitlab.upstream.pool: unknown pool "gitlab-pol" (did you mean "gitlab-pool"?)',
    ],
  },
  {
    breaks: "an unknown pool of GitLab's, which is told once",
    changes: both({}, { pool: "gitlab-pol" }, { monitoring: undefined }),
    says: ['gitlab.pool: unknown pool "gitlab-pol" (did you mean "gitlab-pool"?)'],
  },
  {
    breaks: "a kube gateway, which is told once",
    changes: both({}, { pool: "one-gateway" }, { "pools.one-gateway": ["gateway-1"], "sharedVolumes.shared": undefined }), // prettier-ignore
    says: [
      "gitlab.pool: gateway-1 of one-gateway is a kube gateway, which lets nothing but routes in: write a pool of another host",
    ],
  },
  {
    breaks: "a route within its place, which is told once",
    changes: both({}, {}, route("/gitlab/api/")),
    says: [
      "webservers.routes.other.location: /gitlab/api/ is inside of /gitlab/, where GitLab (tools.gitlab) is: choose another location",
    ],
  },
  {
    breaks: "other tools at GitLab's place and inside of it, where tools.gitlab is",
    changes: both({}, {}, { tools: { prometheus: { path: "/gitlab/metrics/" }, gitlab: {} } }),
    says: [
      "tools.gitlab.path: /gitlab/ is around /gitlab/metrics/, where Prometheus (tools.prometheus) is: choose another path",
    ],
  },
  {
    breaks: "another tool at GitLab's place, and a proxy inside of it, where no tool leads to it",
    changes: {
      ...both({}, { externalUrl: "https://git.protobox/dev/git" }),
      tools: {
        prometheus: { path: "/dev/git/" },
        consul: { path: "/dev/gitea/" },
        oidcProxy: { address: "192.168.2.200", path: "/dev/git/oauth2/" },
      },
    },
    says: [
      "tools.prometheus.path: /dev/git/ is where GitLab (gitlab.externalUrl) is: choose another path",
      "tools.oidcProxy.path: /dev/git/oauth2/ is inside of /dev/git/, where Prometheus (tools.prometheus) is: choose another path",
      "tools.oidcProxy.path: /dev/git/oauth2/ is inside of /dev/git/, where GitLab (gitlab.externalUrl) is: choose another path",
    ],
  },
  {
    breaks: "another tool around GitLab's place, where no tool leads to it",
    changes: { ...both({}, { externalUrl: "https://git.protobox/dev/git" }), tools: { grafana: { path: "/dev/" } } },
    says: ["tools.grafana.path: /dev/ is around /dev/git/, where GitLab (gitlab.externalUrl) is: choose another path"],
  },
  {
    breaks: "another tool on GitLab's port of its host",
    changes: both({}, {}, { tools: { gitlab: {}, consul: { upstream: { pool: "gitlab-pool", port: 8181 } } } }),
    says: ["tools.gitlab.upstream.port: 8181 of gateway-4 is that of tools.consul: write the tool's own port"],
  },
]);

describe("tools.gitlab", () => {
  const wayOf = (box: Box) =>
    box.tools?.list.map(({ name, path, pool, port, members }) => [name, path, pool, port, ...members.map((one) => `${one.name} ${one.address}:${one.port}`)]); // prettier-ignore
  const way = (tool: object, gitlab: object = {}) => wayOf(gitlabBox(gitlab, { tools: { gitlab: tool } }));

  it("leads to the box's GitLab without a word more, also where it listens elsewhere", () => {
    assert.deepEqual(way({}), [["gitlab", "/gitlab/", "gitlab-pool", 8181, "gateway-4 192.168.2.14:8181"]]);
    assert.deepEqual(way({}, { port: 8282 }), [["gitlab", "/gitlab/", "gitlab-pool", 8282, "gateway-4 192.168.2.14:8282"]]); // prettier-ignore
    assert.deepEqual(way({ upstream: { pool: "gitlab-pool", port: 8181 } }), way({}));
  });

  it("leads to port 80 of monitoring's pool where GitLab is not the box's", () => {
    const [found] = wayOf(parseProtobox({ tools: { gitlab: {} } })) ?? [];
    assert.deepEqual(found?.slice(0, 4), ["gitlab", "/gitlab/", "nat-gateway-pool", 80]);
  });

  it("leaves all other paths to other tools, and all to a GitLab without a sub-path", () => {
    const others = { tools: { prometheus: { path: "/gitlab-metrics/" } } };
    assert.equal(gitlabBox({}, others).tools?.list.length, 1);
    const free = { "webservers.routes": {}, services: {}, "kubeGateways.routes": {} };
    assert.equal(gitlabBox({ externalUrl: "https://git.protobox" }, { ...others, ...free }).tools?.list.length, 1);
  });

  it("has to say what GitLab's own section says, whatever that is", () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/).map((one) => `x${one}`);
    const place = fc.array(label, { minLength: 1, maxLength: 2 }).map((all) => `/${all.join("/")}`);
    const port = fc.integer({ min: 20000, max: 29000 });
    fc.assert(
      fc.property(place, place, port, port, (own, told, ownPort, toldPort) => {
        const gitlab = { externalUrl: `https://git.protobox${own}`, port: ownPort };
        const found = violationsOf(() => parseProtobox(both({ path: `${told}/`, upstream: { port: toldPort } }, gitlab)));
        const paths = found.map((line) => line.slice(0, line.indexOf(":")));
        assert.deepEqual(paths, [
          ...(ownPort === toldPort ? [] : ["tools.gitlab.upstream.port"]),
          ...(own === told ? [] : ["tools.gitlab.path"]),
        ]);
      }),
      { numRuns: 25, examples: [["/xgit", "/xgit", 20000, 20000], ["/xgit", "/xgit/lab", 20000, 20001]] },
    ); // prettier-ignore
  });
});
