/** `gitlab.rb`, which GitLab's package is configured by (its documentation: "Configuration options for Linux package installations"). */
import type { Box, GitLab, Host } from "../../box/model.ts";
import { gitlabOf, webserversOf } from "../../box/index.ts";
import { endpoint, entry } from "../scalars.ts";
import { gitlabSecretPlaces } from "./places.ts";
import { mode, ruby, textOf, type RubyValue } from "./ruby.ts";

/** A setting: `external_url`, or one of a program, `gitlab_rails['backup_path']`. */
type Line = readonly [key: string, value: RubyValue];

/** Lines that belong together, under a sentence that says what they are for. */
interface Part {
  readonly why: string;
  readonly lines: readonly Line[];
}

/**
 * `gitlab.rb` of GitLab's host. Whoever looks for a line finds it by what it is for: each part has a function of that name below.
 * Secrets are read from files, so that there is none in it.
 */
export function gitlabRb(box: Box, host: Host): string {
  const gitlab = gitlabOf(box);
  const address = entry(host.addresses, gitlab.network, `addresses of ${host.name}`);
  const parts = [
    frontDoor(gitlab, address, webserverAddresses(box, gitlab)),
    firstUser,
    storage(gitlab),
    backups(gitlab),
    mail(gitlab),
    pages(gitlab, address),
    registry(gitlab, address),
    leftOut,
  ];
  return `# GitLab, as the box's stack declares it. Made by Gatebox: changes by hand are lost.\n${parts.map(written).join("")}`;
}

/** The web servers' addresses on GitLab's network. */
export function webserverAddresses(box: Box, { network }: GitLab): string[] {
  const { members } = entry(box.pools, webserversOf(box).pool, "pools of the box");
  return members.flatMap((member) => box.hosts[member]?.addresses[network] ?? []);
}

function written({ why, lines }: Part): string {
  return `\n# ${why}\n${lines.map(([key, value]) => `${key}${key.endsWith("]") ? " = " : " "}${ruby(value)}\n`).join("")}`;
}

/** Workhorse, GitLab's own front, listens for the web servers; who asks is what these say, and health is told to the host itself. */
function frontDoor({ externalUrl, port }: GitLab, address: string, webservers: readonly string[]): Part {
  return {
    why: "The box's web servers are the front door: they bring TLS, and come to Workhorse",
    lines: [
      ["external_url", externalUrl],
      ["nginx['enable']", false],
      ["letsencrypt['enable']", false],
      ["gitlab_workhorse['listen_network']", "tcp"],
      ["gitlab_workhorse['listen_addr']", endpoint(address, port, "GitLab")],
      ["gitlab_rails['trusted_proxies']", webservers],
      ["gitlab_rails['monitoring_whitelist']", ["127.0.0.0/8", "::1/128", `${address}/32`]],
    ],
  };
}

const firstUser: Part = {
  why: "The password of root, for the first start alone; it is kept in the stack, and shown nowhere",
  lines: [
    ["gitlab_rails['initial_root_password']", textOf(gitlabSecretPlaces.rootPassword)],
    ["gitlab_rails['store_initial_root_password']", false],
    ["gitlab_rails['display_initial_root_password']", false],
  ],
};

/** PostgreSQL stays on the host's own disk, where it belongs: its backups are with the data. */
function storage({ data, mountPoint }: GitLab): Part {
  return {
    why: "Where data is; nothing starts before its volume is there",
    lines: [
      ...(mountPoint === undefined ? [] : [["high_availability['mountpoint']", [mountPoint]] as const]),
      ["gitaly['configuration']", { storage: [{ name: "default", path: `${data}/repositories` }] }],
      ["gitlab_rails['shared_path']", `${data}/shared`],
      ["gitlab_rails['uploads_directory']", `${data}/uploads`],
      ["gitlab_ci['builds_directory']", `${data}/builds`],
    ],
  };
}

function backups({ data, backup }: GitLab): Part {
  return {
    why: "Backups, which gatebox-gitlab-backup.timer makes; older ones go when a new one is there",
    lines: [
      ["gitlab_rails['backup_path']", `${data}/backups`],
      ["gitlab_rails['backup_archive_permissions']", mode(0o600)],
      ["gitlab_rails['backup_keep_time']", backup.keepDays * 86_400],
    ],
  };
}

function mail({ smtp }: GitLab): Part {
  if (smtp === undefined) return { why: "It sends no mail", lines: [["gitlab_rails['gitlab_email_enabled']", false]] };
  const { address, port, encryption, username, authentication, from } = smtp;
  return {
    why: "Mail",
    lines: [
      ["gitlab_rails['smtp_enable']", true],
      ["gitlab_rails['smtp_address']", address],
      ["gitlab_rails['smtp_port']", port],
      ...(username === undefined
        ? []
        : ([
            ["gitlab_rails['smtp_user_name']", username],
            ["gitlab_rails['smtp_password']", textOf(gitlabSecretPlaces.smtpPassword)],
            ["gitlab_rails['smtp_authentication']", authentication],
          ] as const)),
      ["gitlab_rails['smtp_enable_starttls_auto']", encryption === "starttls"],
      ["gitlab_rails['smtp_tls']", encryption === "tls"],
      ["gitlab_rails['smtp_openssl_verify_mode']", encryption === "none" ? "none" : "peer"],
      ...(from === undefined ? [] : [["gitlab_rails['gitlab_email_from']", from] as const]),
    ],
  };
}

function pages({ pages: sites }: GitLab, address: string): Part {
  if (sites === undefined) return { why: "It serves no sites", lines: [["gitlab_pages['enable']", false]] };
  return {
    why: "GitLab Pages: sites out of repositories, for the web servers too",
    lines: [
      ["pages_external_url", sites.externalUrl],
      ["pages_nginx['enable']", false],
      ["gitlab_pages['listen_proxy']", endpoint(address, sites.port, "GitLab Pages")],
    ],
  };
}

function registry({ registry: images, data }: GitLab, address: string): Part {
  if (images === undefined)
    return {
      why: "It keeps no images",
      lines: [
        ["registry['enable']", false],
        ["gitlab_rails['registry_enabled']", false],
      ],
    };
  const place = endpoint(address, images.port, "GitLab's registry");
  return {
    why: "The box's registry, for the web servers, which lead /v2/ to it",
    lines: [
      ["registry_external_url", images.externalUrl],
      ["registry_nginx['enable']", false],
      ["registry['registry_http_addr']", place],
      ["gitlab_rails['registry_api_url']", `http://${place}`],
      ["gitlab_rails['registry_path']", `${data}/registry`],
    ],
  };
}

const leftOut: Part = {
  why: "Programs of the package that the box has by itself, or has no way to",
  lines: [
    ["prometheus_monitoring['enable']", false],
    ["gitlab_kas['enable']", false],
  ],
};
