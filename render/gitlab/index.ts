/**
 * GitLab of its own package on one host, which web servers alone may ask.
 *
 * @see GitLab
 */
import { gitlabOf, type GitLabSecretName } from "../../box/index.ts";
import type { Box, GitLab, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type LocalPort, type OpenPort, type Program } from "../assembly.ts";
import { entry } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { gitlabRb, webserverAddresses } from "./gitlabRb.ts";
import { gitlabAssemblyName, gitlabSecretPlaces } from "./places.ts";
import { backupService, backupTimer, backupUnits, gitlabDropIn, gitlabUnit } from "./units.ts";

/**
 * Seconds that `gitlab-ctl reconfigure` may take: the first one makes a database and starts everything, minutes on a good host and a
 * quarter of an hour on a slow one; and seconds until all of it answers then.
 */
const reconfigureSeconds = 1500;
const readySeconds = 600;
/** Seconds of a step of the transaction, the wait for a volume and the copies of a configuration included. */
const stepSeconds = reconfigureSeconds + 200;

// The package starts nothing before it is configured. findmnt is of util-linux.
const gitlabItself: Program = {
  name: "GitLab",
  packages: ["curl", "iproute2", "util-linux"],
  maskedUntilConfigured: [],
};

export const gitlabAssembly: Assembly = {
  name: gitlabAssemblyName,
  pools: ({ gitlab }) => (gitlab === undefined ? [] : [gitlab.pool]),
  programs: [gitlabItself],
  programsOn: (box) => [gitlabProgram(gitlabOf(box))],
  effects: [
    {
      unit: "gitlab-runsvdir.service",
      does: EffectKind.Restart,
      files: ["gitlab.rb", "secrets/"],
      noticed: "`gitlab-ctl reconfigure` starts again what has changed: GitLab may answer 502 for minutes",
    },
  ],
  files: gitlabFiles,
  ports: gitlabPorts,
  localPorts,
  // A change, after another one perhaps, and the way back from it: a step that configures, and one that waits for the outcome.
  seconds: { apply: 300 + stepSeconds + readySeconds, back: stepSeconds + readySeconds },
};

/** GitLab with its package, from the repository that the box names. */
function gitlabProgram({ edition, repository }: GitLab): Program {
  return { ...gitlabItself, fromRepository: { repository, packages: [`gitlab-${edition}`] } };
}

function gitlabFiles(box: Box, host: Host): TreeFile[] {
  const gitlab = gitlabOf(box);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const [service, timer] = backupUnits;
  return [
    { path: "gitlab.rb", mode: "0600", text: gitlabRb(box, host) },
    text("systemd/gitlab-runsvdir.conf", gitlabDropIn(gitlab)),
    text(`systemd/${service}`, backupService()),
    text(`systemd/${timer}`, backupTimer(gitlab)),
    text(
      "lifecycle/settings",
      gitlabSettings(gitlab, entry(host.addresses, gitlab.network, `addresses of ${host.name}`)),
    ),
    text("lifecycle/limit", `${stepSeconds}\n`),
    usedInterfaces([]),
    ...["mounted", "backup"].map((name) => text(`scripts/${name}.sh`, script(import.meta.dirname, `${name}.sh`))),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text(
      "lifecycle/links",
      [
        `/etc/systemd/system/${gitlabUnit}.d/gatebox.conf systemd/gitlab-runsvdir.conf`,
        ...backupUnits.map((unit) => `/etc/systemd/system/${unit} systemd/${unit}`),
        "",
      ].join("\n"),
    ),
  ];
}

function gitlabSettings(gitlab: GitLab, address: string): string {
  const { port, path, data, mountPoint = "", pages, registry, backup, edition } = gitlab;
  return settings({
    package: `gitlab-${edition}`,
    address,
    port,
    path,
    registry_port: registry?.port ?? "",
    ports: [port, pages?.port, registry?.port].filter((one) => one !== undefined).join(" "),
    local_ports: localPorts()
      .map((one) => one.port)
      .join(" "),
    data,
    mount_point: mountPoint,
    schedule: backup.schedule,
    reconfigure_seconds: reconfigureSeconds,
    ready_seconds: readySeconds,
  });
}

/** Open to the web servers alone, which bring TLS. */
function gitlabPorts(box: Box): OpenPort[] {
  const gitlab = gitlabOf(box);
  const { network, port, pages, registry } = gitlab;
  const from = webserverAddresses(box, gitlab);
  const open = (one: number, purpose: string, path: string): OpenPort => ({
    network,
    protocol: "tcp",
    port: one,
    from,
    purpose,
    path,
  });
  return [
    open(port, "GitLab", "gitlab.port"),
    ...(pages === undefined ? [] : [open(pages.port, "GitLab Pages", "gitlab.pages.port")]),
    ...(registry === undefined ? [] : [open(registry.port, "GitLab's registry", "registry.port")]),
  ];
}

/** Where its programs listen for each other (its documentation: "Package defaults", of 16 to 18). */
function localPorts(): LocalPort[] {
  const ports = {
    Puma: 8080,
    "Sidekiq's metrics": 8082,
    "Sidekiq's health": 8092,
    "Workhorse's metrics": 9229,
    "Gitaly's metrics": 9236,
  };
  return Object.entries(ports).map(([who, port]) => ({ port, purpose: `${who}, of GitLab's package` }));
}

/** The secrets that GitLab needs as it is declared. */
export function gitlabSecretsNeeded({ smtp }: GitLab): readonly (keyof typeof gitlabSecretPlaces & GitLabSecretName)[] {
  return ["rootPassword", ...(smtp?.username === undefined ? [] : (["smtpPassword"] as const))];
}

/**
 * The files that hold secrets, which are a unit of their own.
 *
 * @param secrets by their names
 */
export function gitlabSecretFiles(
  gitlab: GitLab,
  secrets: Readonly<Partial<Record<GitLabSecretName, string>>>,
): TreeFile[] {
  return gitlabSecretsNeeded(gitlab).map((name) => {
    const secret = secrets[name];
    // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
    if (secret === undefined || secret === "" || /[\u0000-\u001f\u007f]/.test(secret))
      throw new Error(`gitlabSecrets.${name} is missing, or holds control characters, a line end perhaps`);
    const file = gitlabSecretPlaces[name].split("/").at(-1) ?? "";
    return { path: `secrets/${file}`, mode: "0600", text: secret };
  });
}
