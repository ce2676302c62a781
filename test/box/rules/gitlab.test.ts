import assert from "node:assert/strict";
import fc from "fast-check";
import { gitlabSecretFault, gitlabSecretFaults } from "../../../box/index.ts";
import { externalUrlFault, externalUrlOf } from "../../../box/sections/gitlab/urls.ts";
import { aroundGitlab, gitlabBox, registryOfGitlab, sampleGitlab, wholeGitlab, wholeGitlabBox } from "../../render/sampleGitlab.ts"; // prettier-ignore
import type { Changes } from "../edit.ts";
import { describeViolations } from "../violations.ts";

const gitlab = (changes: object = {}, others: Changes = {}): Changes => ({
  ...aroundGitlab,
  gitlab: { ...sampleGitlab, ...changes },
  ...others,
});
const route = (location: string): Changes => ({ "webservers.routes.other": { location, upstream: { port: 30163, group: "kube-gateway-pool" } } }); // prettier-ignore

describeViolations("gitlab", [
  {
    breaks: "a repository and an address of the mail server that are missing",
    changes: gitlab({ repository: undefined, smtp: {} }),
    says: [
      "gitlab.repository: is missing: no distribution has GitLab's package, so write the entry of aptRepositories that has it",
      "gitlab.smtp.address: is missing: write a text",
    ],
  },
  {
    breaks: "an unknown repository, pool and network",
    changes: gitlab({ repository: "gitlap", pool: "gitlab-pol", network: "gateway-netwrok" }),
    says: [
      'gitlab.repository: unknown apt repository "gitlap" (did you mean "gitlab"?)',
      'gitlab.pool: unknown pool "gitlab-pol" (did you mean "gitlab-pool"?)',
      'gitlab.network: unknown network "gateway-netwrok" (did you mean "gateway-network"?)',
    ],
  },
  {
    breaks: "a repository where there is none at all, and one that is no text",
    changes: gitlab({ runners: { pool: "runners-pool", repository: 18 } }, { aptRepositories: undefined }),
    says: [
      "gitlab.runners.repository: 18 is a whole number, expected a text: put it in quotes",
      'gitlab.repository: unknown apt repository "gitlab": none is declared under aptRepositories',
    ],
  },
  {
    breaks: "secrets in plain, and none of them is shown",
    changes: gitlab({
      rootPassword: "hunter2hunter2",
      smtp: { address: "mail.site", password: "hunter2" },
      runners: { pool: "runners-pool", token: "hunter2" },
    }),
    says: [
      'gitlab.smtp.password: unknown key "password": is a secret, take it out and set another with "pulumi config set --secret --path gatebox:gitlabSecrets.smtpPassword"',
      'gitlab.runners.token: unknown key "token": is a secret, take it out and set another with "pulumi config set --secret --path gatebox:gitlabSecrets.runnerToken"',
      'gitlab.rootPassword: unknown key "rootPassword": is a secret, take it out and set another with "pulumi config set --secret --path gatebox:gitlabSecrets.rootPassword"',
    ],
  },
  {
    breaks: "a URL without a scheme, and one with a fragment",
    changes: gitlab({ externalUrl: "git.protobox/gitlab", pages: { externalUrl: "https://pages.protobox/#x" } }),
    says: [
      'gitlab.externalUrl: "git.protobox/gitlab" has no scheme: write https://git.box/gitlab',
      'gitlab.pages.externalUrl: "https://pages.protobox/" has a query or a fragment at its end: write the URL up to its path, as https://git.box/gitlab',
    ],
  },
  {
    breaks: "names that the web servers do not serve",
    changes: gitlab(
      { pages: { externalUrl: "https://pages.protobox" } },
      { "webservers.serverNames": ["protobox.test", "pages.protobox"] },
    ),
    says: [
      'gitlab.externalUrl: "git.protobox" is not among webservers.serverNames: add it there',
      'gitlab.pages.externalUrl: each site has a name below "pages.protobox", and "*.pages.protobox" is not among webservers.serverNames: add it there',
    ],
  },
  {
    breaks: "an address of web servers that serve names alone, and sites of an address",
    changes: gitlab(
      { externalUrl: "https://192.168.0.33/gitlab", pages: { externalUrl: "https://192.168.0.30" } },
      { "webservers.serveAddresses": false },
    ),
    says: [
      'gitlab.externalUrl: "192.168.0.33" is an address, and web servers serve names alone: write a name of theirs, or webservers.serveAddresses: true',
      "gitlab.pages.externalUrl: 192.168.0.30 is an address, and each site has a name below that of Pages: write a name",
    ],
  },
  {
    breaks: "the registry's place as its sub-path",
    changes: gitlab({ externalUrl: "https://git.protobox/v2" }, { registry: { name: "registry.protobox", pool: "nat-gateway-pool", storage: { directory: "/srv/images", shared: true } } }), // prettier-ignore
    says: ["gitlab.externalUrl: /v2/ is the registry's (/v2/): choose another sub-path"],
  },
  {
    breaks: "a sub-path of a service's",
    changes: gitlab({ externalUrl: "https://git.protobox/dash" }),
    says: [
      'gitlab.externalUrl: /dash/ is GitLab\'s, and /dash/ of "dash" (services.dash.web.location) is in it: choose another sub-path',
    ],
  },
  {
    breaks: "a sub-path that is taken",
    changes: gitlab({}, route("/gitlab/")),
    says: [
      'gitlab.externalUrl: /gitlab/ is GitLab\'s, and /gitlab/ of "other" (webservers.routes.other.location) is in it: choose another sub-path',
    ],
  },
  {
    breaks: "a route within the sub-path",
    changes: gitlab({}, route("/gitlab/api/")),
    says: [
      'gitlab.externalUrl: /gitlab/ is GitLab\'s, and /gitlab/api/ of "other" (webservers.routes.other.location) is in it: choose another sub-path',
    ],
  },
  {
    breaks: "sites on GitLab's own host, and below a sub-path",
    changes: gitlab({ pages: { externalUrl: "https://git.protobox/pages" } }, { "webservers.serverNames": [] }),
    says: [
      "gitlab.pages.externalUrl: has the sub-path /pages, and sites have names instead: write https://git.protobox",
      "gitlab.pages.externalUrl: git.protobox is GitLab's own host, where scripts of sites could do all that its users may: write a name of its own, pages.git.protobox for example",
    ],
  },
  {
    breaks: "a pool of two hosts",
    changes: gitlab({ pool: "nat-gateway-pool" }, { "sharedVolumes.shared": { ...(aroundGitlab["sharedVolumes.shared"] as object), clients: ["nat-gateway-pool"] } }), // prettier-ignore
    says: [
      "gitlab.pool: nat-gateway-pool has 2 hosts, and GitLab's package is all of GitLab, with a database of its own: two of them would be two GitLabs; write a pool of one",
    ],
  },
  {
    breaks: "a kube gateway, and a network without the web servers",
    changes: gitlab({ pool: "one-gateway", network: "box-network" }, { "pools.one-gateway": ["gateway-1"], "sharedVolumes.shared": undefined }), // prettier-ignore
    says: [
      "gitlab.pool: gateway-1 of one-gateway is a kube gateway, which lets nothing but routes in: write a pool of another host",
      "gitlab.network: the web server webserver-1 is not on box-network, and would not find GitLab there",
    ],
  },
  {
    breaks: "a host that is not on the network",
    changes: gitlab({ pool: "supervisors-pool" }, { "sharedVolumes.shared": undefined }),
    says: ["gitlab.network: supervisor-1 of supervisors-pool is not on gateway-network"],
  },
  {
    breaks: "data on a volume that the host does not mount",
    changes: gitlab({}, { "sharedVolumes.shared": { ...(aroundGitlab["sharedVolumes.shared"] as object), clients: ["nodes-pool"] } }), // prettier-ignore
    says: [
      "gitlab.data: /storage/shared/gitlab/data is on the shared volume shared, which gateway-4 does not mount: name gitlab-pool under sharedVolumes.shared.clients",
    ],
  },
  {
    breaks: "data in a place of the system's, and at the root",
    changes: gitlab({ data: "/var/lib/docker/gitlab" }),
    says: ["gitlab.data: /var/lib/docker/gitlab lies in /var/lib/docker, which is the system's: choose a place under /storage, or one of its own under /srv"], // prettier-ignore
  },
  {
    breaks: "a cron expression, and no time at all",
    changes: gitlab({ backup: { schedule: "0 2 * * *", keepDays: 0 } }),
    says: [
      'gitlab.backup.schedule: "0 2 * * *" is a cron expression: write one of systemd\'s such as `Sun 03:00`, `*-*-* 02:30` or `daily`',
      "gitlab.backup.keepDays: 0 is not a number of days: write 1 to 3650",
    ],
  },
  {
    breaks: "a password in plain over the network",
    changes: gitlab({ smtp: { address: "mail.site", encryption: "none", username: "git" } }),
    says: [
      "gitlab.smtp.encryption: none would send git's password in plain: write starttls or tls, or leave username out",
    ],
  },
  {
    breaks: "a registry that is not declared",
    changes: gitlab({ registry: true }),
    says: ["gitlab.registry: is true, and the box has no registry: write the section registry, with kind: gitlab"],
  },
  {
    breaks: "a registry that is another one",
    changes: gitlab({ registry: true }, { registry: { name: "registry.protobox", pool: "gitlab-pool", port: 5050 } }),
    says: [
      "gitlab.registry: is true, and registry.kind is docker-registry, which is another one: write kind: gitlab there",
    ],
  },
  {
    breaks: "a registry on other hosts",
    changes: gitlab({ registry: true }, { registry: { ...(registryOfGitlab["registry"] as object), pool: "nat-gateway-pool" } }), // prettier-ignore
    says: ['registry.pool: "nat-gateway-pool" is not where GitLab runs, and so its registry: write gitlab-pool'],
  },
  {
    breaks: "a name that dns says otherwise, told once whether web servers have it too or not",
    changes: gitlab({}, {
      "webservers.serverNames": ["*.protobox"],
      dns: { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox"], records: { git: "192.168.1.14" } },
    }), // prettier-ignore
    says: [
      "dns.records.git: is 192.168.1.14, and git.protobox is 192.168.0.33 already (gitlab.externalUrl): remove it, or choose another name",
    ],
  },
  {
    breaks: "a registry of GitLab's that it does not run",
    changes: gitlab({}, registryOfGitlab),
    says: [
      "gitlab.registry: is false, and web servers lead to a registry of GitLab's on gitlab-pool (registry.kind: gitlab): write true",
    ],
  },
  {
    breaks: "jobs beside the containers of the cluster",
    changes: gitlab({ runners: { pool: "nodes-pool" } }, { containerRuntime: { pools: ["nodes-pool"], network: "box-network" } }), // prettier-ignore
    says: [
      "gitlab.runners.pool: node-1 runs containers of the cluster (containerRuntime.pools), whose containerd takes no Docker beside it: write a pool of other hosts",
    ],
  },
  {
    breaks: "jobs on the web servers",
    changes: gitlab({ runners: { pool: "webservers-pool" } }),
    says: [
      "gitlab.runners.pool: webserver-1 is a web server, and jobs of users would run beside the keys of the box's certificate: write another pool",
    ],
  },
  {
    breaks: "a GitLab that nobody comes to",
    changes: gitlab({}, { webservers: undefined, services: {} }),
    says: ["gitlab: is reached through web servers, and the box has none: write webservers, or leave it out"],
  },
]);

describe("gitlab: what must pass", () => {
  it("is all that there is to say, and the least", () => {
    assert.deepEqual(wholeGitlabBox().gitlab?.registry, { externalUrl: "https://registry.protobox", port: 5050 });
    const { gitlab: least } = gitlabBox({ externalUrl: "https://git.protobox/gitlab/" });
    assert.deepEqual([least?.externalUrl, least?.path, least?.mountPoint], ["https://git.protobox/gitlab", "/gitlab", "/storage/shared"]); // prettier-ignore
    assert.equal(gitlabBox({}, route("/gitlab-docs/")).gitlab?.path, "/gitlab");
  });

  it("warns of data on one host, of http, of sites below its name, and of jobs beside it", () => {
    const box = gitlabBox(
      { ...wholeGitlab, registry: false, data: "/srv/gitlab/data", externalUrl: "http://git.protobox", pages: { externalUrl: "https://pages.git.protobox" }, runners: { pool: "gitlab-pool" } }, // prettier-ignore
      { "webservers.serverNames": ["git.protobox", "pages.git.protobox", "*.pages.git.protobox"], "webservers.routes": {}, services: {}, "kubeGateways.routes": {} }, // prettier-ignore
    );
    const own = box.warnings.filter((warning) => warning.startsWith("gitlab."));
    assert.deepEqual(own.map((warning) => warning.slice(0, warning.indexOf(":"))), ["gitlab.data", "gitlab.externalUrl", "gitlab.pages.externalUrl", "gitlab.pages", "gitlab.runners.pool"]); // prettier-ignore
    assert.deepEqual(gitlabBox().warnings.filter((warning) => warning.startsWith("gitlab.")), []); // prettier-ignore
  });
});

describe("gitlab: its way", () => {
  const told = (changes: object, others: Changes): string[] =>
    gitlabBox(changes, others).warnings.filter((warning) => warning.startsWith("gitlab:"));
  const free = { "webservers.routes": {}, services: {}, "kubeGateways.routes": {} };

  it("is missed where no tool leads to it", () => {
    const missed = "gitlab: no web server of this stack leads to it, so nobody finds it: ";
    assert.deepEqual(told({}, {}), [`${missed}write tools: { gitlab: {} }`]);
    assert.deepEqual(told({ externalUrl: "https://git.protobox/dev/git/" }, {}), [`${missed}write tools: { gitlab: { path: /dev/git/ } }`]); // prettier-ignore
    assert.deepEqual(told({ externalUrl: "https://git.protobox" }, free), [`${missed}give externalUrl a sub-path, and write tools.gitlab`]); // prettier-ignore
    assert.deepEqual(told({}, { tools: { gitlab: {} } }), []);
  });

  it("may be by the address of web servers that serve it, and through a name that they have with an asterisk", () => {
    const byAddress = { externalUrl: "https://192.168.0.33/gitlab" };
    assert.equal(gitlabBox(byAddress, { "webservers.serveAddresses": true }).gitlab?.path, "/gitlab");
    assert.equal(gitlabBox({}, { "webservers.serverNames": ["*.protobox"] }).gitlab?.path, "/gitlab");
  });
});

describe("gitlab: its names", () => {
  const dns = { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox"] };
  const namesOf = (changes: object, others: Changes = {}) =>
    gitlabBox(changes, { dns, ...others }).dns?.records.flatMap(({ name, addresses }) => /^(?:git|pages|\d)/.test(name) ? [`${name} ${addresses.join()}`] : []); // prettier-ignore

  it("have the web servers' virtual IP in the box's name servers, also where these serve every name or have an asterisk", () => {
    const both = ["git.protobox 192.168.0.33", "pages.protobox 192.168.0.33"];
    const pages = { externalUrl: "https://pages.protobox" };
    assert.deepEqual(namesOf({ pages }), both);
    assert.deepEqual(namesOf({ pages }, { "webservers.serverNames": [] }), both);
    assert.deepEqual(namesOf({}, { "webservers.serverNames": ["*.protobox"] }), both.slice(0, 1));
  });

  it("are none for an address", () => {
    const byAddress = { externalUrl: "https://192.168.0.33/gitlab" };
    assert.deepEqual(namesOf(byAddress, { "webservers.serveAddresses": true, "webservers.serverNames": [] }), []);
  });
});

describe("gitlab: URLs", () => {
  const bad = ["https://", "ftp://git.box", "https://git.box//gitlab", "https://git.box/gitlab;x", "https://git.box/git lab", "https://git.box:0/x", "https://git.box/../x", "https://git..box", "https://GIT.box/x", "https://git.box/gitlab?private_token=s3cret", "https://u:s3cret@git.box/", "https://git.box/a'b", "https://git.box/#{id}"]; // prettier-ignore
  for (const url of bad)
    it(`refuses ${url}`, () => {
      const fault = externalUrlFault(url);
      assert.ok(fault !== undefined);
      assert.doesNotMatch(fault, /s3cret/);
    });

  it("are read by every browser as they are taken apart here", () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((all) => all.join("."));
    const path = fc.array(label, { maxLength: 3 }).map((all) => all.map((one) => `/${one}`).join(""));
    fc.assert(
      fc.property(host, path, fc.constantFrom("", "/"), fc.constantFrom("", ":8443"), (name, way, end, port) => {
        const found = externalUrlOf(`https://${name}${port}${way}${end}`);
        const real = new URL(`https://${name}${port}${way}`);
        assert.deepEqual([found?.host, found?.path, found?.text], [real.hostname, way, `https://${name}${port}${way}`]);
      }),
    );
  });

  it("that pass hold nothing but a host, a port and a path, whatever is tried", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const found = externalUrlOf(url);
        if (found !== undefined) assert.match(found.text, /^https?:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9_/-]+)?$/);
      }),
    );
  });
});

describe("gitlab: secrets", () => {
  const weak = ["short7!", "gitlab-Xk3!9x", "my-DevOps-99", "Administrator9", "xxrootxx12", "admin@example.com", "aaaaaaaabb", "password123", "P@ssw0rd!", "12345678", "abcdefgh", "qwertyuiop", "letmein!!1", "line\nend-of-it", ""]; // prettier-ignore
  for (const password of weak)
    it(`a password of root such as ${JSON.stringify(password)} is refused, and not shown`, () => {
      const fault = gitlabSecretFault("rootPassword", password);
      assert.ok(fault !== undefined);
      if (password.length > 4) assert.ok(!fault.includes(password));
    });

  it("a password of root of letters and digits by chance passes", () => {
    for (const password of ["Tr0ub4dor-and-3", "correct horse battery staple", "aB3$kL9!"])
      assert.equal(gitlabSecretFault("rootPassword", password), undefined);
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{32}$/), (password) => {
        fc.pre(new Set(password.toLowerCase()).size >= 4 && !/gitlab|devops|root|admin|example/i.test(password));
        assert.equal(gitlabSecretFault("rootPassword", password), undefined);
      }),
    );
  });

  it("a token is a runner's own, and none of those that registered any", () => {
    assert.equal(gitlabSecretFault("runnerToken", "glrt-AbCdEfGhIjKlMnOpQrSt"), undefined);
    assert.equal(gitlabSecretFault("runnerToken", "glrt-t1_AbCdEfGhIjKlMnOpQrSt.01.0x1y2z3"), undefined);
    for (const old of ["GR1348941AbCdEfGhIjKlMnOpQrSt", "Xy12AbCdEfGhIjKlMnOp"])
      assert.match(
        gitlabSecretFault("runnerToken", old) ?? "",
        /^is a registration token of the old kind: make a runner/,
      );
    for (const none of ["glpat-AbCdEfGhIjKlMnOpQrSt", "glrt-", 'glrt-AbCdEfGhIjKlMnOp"\\QrSt'])
      assert.match(gitlabSecretFault("runnerToken", none) ?? "", /^is not the token of a runner/);
  });

  it("belong to what is declared, and the other way round", () => {
    const lines = (...args: Parameters<typeof gitlabSecretFaults>) => gitlabSecretFaults(...args).map(({ path, message }) => `${path}: ${message}`); // prettier-ignore
    assert.deepEqual(lines({ smtp: { username: "git" }, runners: {} }, ["smtpPassword", "runnerToken"]), []);
    assert.deepEqual(lines({ smtp: { username: "git" }, runners: {} }, []), [
      'gitlab.smtp.username: has no password: "pulumi config set --secret --path gatebox:gitlabSecrets.smtpPassword"',
      'gitlab.runners: has no token: "pulumi config set --secret --path gatebox:gitlabSecrets.runnerToken"',
    ]);
    assert.deepEqual(lines({}, ["rootPassword", "smtpPassword", "runnerTokn"]), [
      'gitlabSecrets.runnerTokn: is none of GitLab\'s secrets (did you mean "runnerToken"?)',
      "gitlabSecrets.smtpPassword: is for nobody: write gitlab.smtp.username, or take it out",
    ]);
    assert.deepEqual(lines(undefined, ["rootPassword"]), [
      "gitlabSecrets.rootPassword: is for nobody: write gitlab, or take it out",
    ]);
  });
});
