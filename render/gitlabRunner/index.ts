/**
 * Runners of GitLab's jobs, in containers of Docker. A runner is made in GitLab, which shows its token; here it is told to hosts.
 *
 * @see GitLab
 */
import { afterTraffic } from "../bootOrder.ts";
import { gitlabOf } from "../../box/index.ts";
import type { Box, GitLabRunners, Host } from "../../box/model.ts";
import type { Assembly, Program } from "../assembly.ts";
import { treeOf } from "../places.ts";
import { wholeNumber } from "../scalars.ts";
import { script } from "../script.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";

const name = "gitlab-runner";
const unit = "gitlab-runner.service";
/** Stands where the token is to be: a host puts it there. */
const tokenMark = "@TOKEN@";

// Docker is that of the distribution; its containers are let through the firewall as pods are.
const runnerItself: Program = {
  name: "GitLab's runner",
  packages: ["docker.io", "iptables", "ca-certificates"],
  maskedUntilConfigured: [],
};

export const gitlabRunnerAssembly: Assembly = {
  name,
  pools: ({ gitlab }) => (gitlab?.runners === undefined ? [] : [gitlab.runners.pool]),
  programs: [runnerItself],
  programsOn: ({ gitlab }) => (gitlab?.runners === undefined ? [] : [gitlabRunnerProgram(gitlab.runners)]),
  files,
};

/** The runner with its package, from the repository that the box names. */
function gitlabRunnerProgram({ repository }: GitLabRunners): Program {
  return { ...runnerItself, fromRepository: { repository, packages: ["gitlab-runner"] } };
}

/** The file of the token, a unit of its own. */
export const runnerTokenFile = { path: "secrets/runner-token", mode: "0600" } as const;

/** The certificate by which the web servers are known, where an authority of the box's own has signed theirs. */
export const runnerAuthorityFile = "authority.pem";

function files(box: Box, host: Host): TreeFile[] {
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("config.toml", runnerConfiguration(box, host)),
    text("systemd/gitlab-runner.conf", dropIn),
    usedInterfaces([]),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `/etc/systemd/system/${unit}.d/gatebox.conf systemd/gitlab-runner.conf\n`),
  ];
}

const dropIn = `# Runs it behind Gatebox' firewall, see ${treeOf(name)}
[Unit]
Requires=gatebox-firewall.service
After=gatebox-firewall.service network-online.target docker.service
${afterTraffic}
`;

/** `config.toml` but for the token (its documentation: "Advanced configuration"). What a job is comes from GitLab: no job is privileged. */
function runnerConfiguration(box: Box, host: Host): string {
  const { externalUrl, runners } = gitlabOf(box);
  if (runners === undefined) throw new Error(`GitLab of box ${box.name} has no runners`);
  const authority =
    box.webservers?.issuedByBox === true ? `  tls-ca-file = ${toml(`${treeOf(name)}/${runnerAuthorityFile}`)}\n` : "";
  return `# Runners of GitLab's jobs. Made by Gatebox: changes by hand are lost.
concurrent = ${wholeNumber(runners.concurrent, 1, "jobs of a runner")}
check_interval = 3
shutdown_timeout = 60

[[runners]]
  name = ${toml(host.name)}
  url = ${toml(externalUrl)}
  token = "${tokenMark}"
${authority}  executor = ${toml(runners.executor)}
  [runners.docker]
    image = ${toml(runners.image)}
    privileged = false
    pull_policy = ["if-not-present"]
    volumes = ["/cache"]
`;
}

/** A basic string of TOML, which reads escapes as JSON has them. */
function toml(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new Error(`config.toml: ${JSON.stringify(text)} has control characters`);
  return JSON.stringify(text);
}
