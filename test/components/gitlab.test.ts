import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { GitLab, type GitLabArgs } from "../../components/index.ts";
import { edit } from "../box/edit.ts";
import { protoboxValues } from "../box/protobox.ts";
import { aroundGitlab, gitlabBox, sampleGitlab, wholeGitlabBox } from "../render/sampleGitlab.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const generated = { "gitlab-root-password": { result: "Generated0ne" } };
const run = (program: () => unknown): Promise<readonly Registration[]> => registrationsOf("config: {}", program, generated); // prettier-ignore
const commandOf = (found: readonly Registration[], name: string): Registration => {
  const command = found.find((one) => one.type === "Command" && one.name === name);
  assert.ok(command, `${name} is not among ${found.map((one) => one.name).join(", ")}`);
  return command;
};
const refusal = async (program: () => unknown): Promise<string> => {
  let message = "";
  await run(() => {
    try {
      program();
    } catch (error) {
      assert.ok(pulumi.RunError.isInstance(error) || pulumi.ResourceError.isInstance(error));
      message = error.message;
    }
  });
  return message;
};

describe("GitLab", () => {
  it("installs its package from its repository, is configured, and is given its secrets last", async () => {
    const box = gitlabBox();
    const found = await run(() => new GitLab("gitlab", { box }));
    const packages = commandOf(found, "gitlab-gateway-4-packages");
    const base = commandOf(found, "gitlab-gateway-4-gitlab-protobox.pool");
    const secrets = commandOf(found, "gitlab-gateway-4-secrets-gitlab-protobox.secrets");
    // By the name of the repository a host says which one lacks the package.
    assert.match(String(packages.plain["stdin"]), /^from gitlab gitlab-ce$/m);
    assert.ok(base.dependencies.includes(packages.urn) && secrets.dependencies.includes(base.urn));
    assert.match(String(base.plain["stdin"]), /^\|external_url 'https:\/\/git\.protobox\/gitlab'$/m);
    // The first configuration takes minutes.
    for (const { plain } of [base, secrets]) assert.match(String(plain["create"]), /timeout -k 2300 2600 sh /);
  });

  it("keeps its generated password in a resource of its own", async () => {
    const found = await run(() => new GitLab("gitlab", { box: gitlabBox() }));
    const password = found.find(({ type }) => type === "RandomPassword")!;
    assert.deepEqual([password.plain["length"], password.secretOutputs.includes("result")], [32, true]);
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), /Generated0ne/);
    const holders = found.filter(({ secrets }) => secrets.some((secret) => secret.includes("Generated0ne")));
    assert.deepEqual(holders.map(({ name }) => name), ["gitlab-gateway-4-secrets-gitlab-protobox.secrets"]); // prettier-ignore
    assert.deepEqual([holders[0]?.plain["stdin"], holders[0]?.plain["logging"]], ["[secret]", "none"]);
  });

  it("takes secrets that are given, and generates none", async () => {
    const secrets = { rootPassword: "Tr0ub4dor-and-3", smtpPassword: pulumi.secret("battery") };
    const found = await run(() => new GitLab("gitlab", { box: wholeGitlabBox(), secrets }));
    assert.ok(!found.some(({ type }) => type === "RandomPassword"));
    const { secrets: held } = commandOf(found, "gitlab-gateway-4-secrets-gitlab-protobox.secrets");
    assert.ok(held.some((one) => one.includes("|Tr0ub4dor-and-3") && one.includes("|battery")));
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), /Tr0ub4dor|battery/);
  });

  it("is refused with secrets that are missing, for nobody, or what GitLab would refuse, all at once", async () => {
    const says = (secrets: GitLabArgs["secrets"]) =>
      refusal(() => new GitLab("gitlab", { box: wholeGitlabBox(), secrets }));
    assert.equal(
      await says({ rootPassword: "password1", runnerToken: "GR1348941AbCdEfGhIjKlMnOpQrSt" }),
      [
        'gitlab.smtp.username: has no password: "pulumi config set --secret --path gatebox:gitlabSecrets.smtpPassword"',
        "gitlabSecrets.runnerToken: is for nobody: write gitlab.runners, or take it out",
        "gitlabSecrets.rootPassword: is among the passwords that are tried first, and GitLab refuses those",
        "gitlabSecrets.runnerToken: is a registration token of the old kind: make a runner in GitLab (Admin, CI/CD, Runners) and take its token, which begins with glrt-",
      ].join("\n"),
    );
    assert.equal(await says({ rootPassword: "Tr0ub4dor-and-3", smtpPassword: "x" }), "");
  });

  it("tells runners of it when it is there, their token last and in a resource of its own", async () => {
    const box = gitlabBox({ runners: { pool: "runners-pool" } });
    const token = "glrt-AbCdEfGhIjKlMnOpQrSt";
    const found = await run(() => new GitLab("gitlab", { box, secrets: { runnerToken: token } }));
    const itself = commandOf(found, "gitlab-gateway-4-secrets-gitlab-protobox.secrets");
    const runner = commandOf(found, "gitlab-runners-search-1-gitlab-runner-protobox.pool");
    const held = commandOf(found, "gitlab-runners-search-1-token-gitlab-runner-protobox.token");
    assert.ok(runner.dependencies.includes(itself.urn) && held.dependencies.includes(runner.urn));
    assert.match(String(runner.plain["stdin"]), /^\| {2}token = "@TOKEN@"$/m);
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), /AbCdEfGh/);
    assert.ok(held.secrets.some((one) => one.includes(`|${token}`)));
    assert.equal(held.plain["logging"], "none");
  });

  it("of a stack file has its way through every web server before runners ask for it, and is found by its URL", async () => {
    const token = "glrt-AbCdEfGhIjKlMnOpQrSt";
    const gitlab = { ...sampleGitlab, runners: { pool: "runners-pool" } };
    const values = edit(protoboxValues(), { ...aroundGitlab, gitlab, tools: { gitlab: {} }, gitlabSecrets: { runnerToken: token } }); // prettier-ignore
    const config = Object.fromEntries(Object.entries(values).map(([name, value]) => [`gatebox:${name}`, value]));
    let outputs: { readonly urls?: pulumi.Output<Readonly<Record<string, string>>> } = {};
    const found = await registrationsOf(
      stringify({ config }),
      async () => {
        outputs = (await import(new URL("../../index.ts?gitlab", import.meta.url).href)) as typeof outputs;
      },
      generated,
    );
    const runner = commandOf(found, "gitlab-runners-search-1-gitlab-runner-protobox.pool");
    for (const server of ["webserver-1", "webserver-2"]) {
      const way = commandOf(found, `tools-${server}-webserver-protobox.tools`);
      assert.match(String(way.plain["stdin"]), /192\.168\.2\.14:8181/);
      assert.ok(runner.dependencies.includes(way.urn), server);
    }
    const urls = await new Promise<Readonly<Record<string, string>>>((done) => outputs.urls?.apply(done));
    assert.equal(urls["gitlab"], "https://git.protobox/gitlab");
  });

  it("needs the certificate of the authority by which runners know the web servers", async () => {
    const box = gitlabBox({ runners: { pool: "runners-pool" } }, { "webservers.tls": { issuedByBox: true } });
    const secrets = { rootPassword: "Tr0ub4dor-and-3", runnerToken: "glrt-AbCdEfGhIjKlMnOpQrSt" };
    assert.match(
      await refusal(() => new GitLab("gitlab", { box, secrets })),
      /^webservers\.tls\.issuedByBox is true, .* not known here/,
    );
    const found = await run(() => new GitLab("gitlab", { box, secrets, authority: "the certificate" }));
    const runner = commandOf(found, "gitlab-runners-search-1-gitlab-runner-protobox.pool");
    assert.match(String(runner.plain["stdin"]), /^\|the certificate$/m);
  });

  it("stands on a box", async () => {
    const copy = { ...gitlabBox().gitlab! };
    assert.match(
      await refusal(() => new GitLab("gitlab", copy)),
      /was given neither a box, nor the section gitlab of one/,
    );
    assert.equal(await refusal(() => new GitLab("gitlab", gitlabBox().gitlab!)), "");
  });
});
