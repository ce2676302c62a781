import { z } from "zod";
import { calendarFault } from "../../calendar.ts";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";
import { gitlabSecrets } from "../../stackConfiguration.ts";

/** Secrets are set beside the section, where nothing shows them. */
function secretHint(secret: string, ...written: readonly string[]): KeyExplanation {
  return (key) =>
    written.includes(key)
      ? `is a secret, take it out and set another with "pulumi config set --secret --path gatebox:${gitlabSecrets}.${secret}"`
      : undefined;
}

const hostName = z
  .string()
  .regex(
    /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
    "is not a host name or an address: write it without scheme, port or path",
  );

/** Judged by rules, which say what is wrong with it. */
const url = z.string();

const directory = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}$/, "is not the absolute path of a directory, two steps deep or more");

// Refused where it is written, so that it is said beside everything else about the section.
const schedule = z.string().superRefine((text, context) => {
  const fault = calendarFault(text);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

const smtp = closed(
  {
    address: hostName.describe("Host name or address of the mail server."),
    port: port.default(587).describe("Its port. Default 587."),
    encryption: z
      .enum(["starttls", "tls", "none"])
      .default("starttls")
      .describe(
        "`starttls` (default): begins in plain and goes on encrypted. `tls`: encrypted from the first byte, port 465 as a rule. " +
          "`none`: in plain, and then without a user.",
      ),
    username: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/, "is not a user name: write up to 128 printable characters, without blanks")
      .optional()
      .describe(
        `Who logs in there, with the secret \`${gitlabSecrets}.smtpPassword\`. Without it mail is handed in without a log-in.`,
      ),
    authentication: z
      .enum(["plain", "login", "cram_md5"])
      .default("login")
      .describe("How the user logs in. Default `login`."),
    from: z
      .string()
      .regex(/^[^@\s"'<>\\]+@[A-Za-z0-9.-]+$/, "is not an address such as git@box.example")
      .optional()
      .describe("Sender of GitLab's mail. Default: `gitlab@` and the host of `externalUrl`."),
  },
  secretHint("smtpPassword", "password", "smtpPassword", "smtp_password"),
);

const pages = closed({
  externalUrl: url.describe("Where sites are found, on a name of its own: `https://pages.box`."),
  port: port.default(8090).describe("Port on the host, for the web servers alone. Default 8090."),
}).describe("GitLab Pages: web sites out of repositories. Default: none.");

const backup = closed({
  schedule: schedule
    .default("*-*-* 02:00")
    .describe("When a backup is made, as systemd has it. Default `*-*-* 02:00`, each night."),
  keepDays: z
    .int()
    .min(1, "is not a number of days: write 1 to 3650")
    .max(3650, "is not a number of days: write 1 to 3650")
    .default(7)
    .describe("Days for which backups are kept; older ones go when a new one has been made. Default 7."),
})
  .prefault({})
  .describe("Backups of everything in GitLab and of its configuration, below `data`.");

const runners = closed(
  {
    pool: referenceTo("pools").describe("Pool of the hosts that run jobs, each in containers of Docker."),
    executor: z.literal("docker").default("docker").describe("How jobs run: `docker` (default)."),
    repository: referenceTo("aptRepositories")
      .optional()
      .describe("Apt repository that has gitlab-runner. Default: that of GitLab."),
    concurrent: z
      .int()
      .min(1, "is not a number of jobs: write 1 to 100")
      .max(100, "is not a number of jobs: write 1 to 100")
      .default(2)
      .describe("Jobs that a host runs at once. Default 2."),
    image: z
      .string()
      .regex(/^[a-z0-9][A-Za-z0-9._:/@-]*$/, "is not the name of an image such as debian:12-slim")
      .default("debian:12-slim")
      .describe("Image of jobs that name none. Default `debian:12-slim`."),
  },
  secretHint("runnerToken", "token", "registrationToken", "runnerToken", "registration_token"),
).describe(
  `Runners of jobs, known to GitLab by the secret \`${gitlabSecrets}.runnerToken\`, which GitLab shows where a runner is made. Default: none.`,
);

/** Section `gitlab`: a GitLab on one host of the box, behind its web servers. */
export const schema = closed(
  {
    repository: referenceTo(
      "aptRepositories",
      undefined,
      "no distribution has GitLab's package, so write the entry of aptRepositories that has it",
    ).describe("Entry of `aptRepositories` that has the package."),
    edition: z
      .enum(["ce", "ee"])
      .default("ce")
      .describe("Which package: `ce` (gitlab-ce, default) or `ee` (gitlab-ee)."),
    pool: referenceTo("pools").describe(
      "Pool of the host that it runs on: one host, for the package is all of GitLab.",
    ),
    network: referenceTo("networks").describe("Network on which the web servers look for it, and nobody else may."),
    port: port.default(8181).describe("Port on the host, for the web servers alone. Default 8181."),
    externalUrl: url.describe("Where it is found, with a sub-path perhaps: `https://git.box/gitlab`."),
    data: directory.describe(
      "Directory of repositories, uploads, artifacts and backups: on a shared volume, `/storage/shared/gitlab/data` for example. " +
        "The database stays on a disk of the host's own.",
    ),
    pages: pages.optional(),
    registry: z
      .boolean()
      .default(false)
      .describe(
        "Whether it runs the box's registry, which section `registry` describes with `kind: gitlab`. Default `false`.",
      ),
    smtp: smtp.optional().describe("Where it hands in mail. Default: it sends none."),
    backup,
    runners: runners.optional(),
  },
  (key, value) =>
    secretHint("rootPassword", "rootPassword", "password", "initialRootPassword")(key, value) ??
    (key === "external_url" ? "write externalUrl" : undefined),
)
  .optional()
  .describe("GitLab of its own package, on one host behind the web servers. Without this section the box has none.");
