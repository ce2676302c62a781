import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { named } from "../../schema/references.ts";
import { name, port } from "../../schema/scalars.ts";
import { duration } from "./durations.ts";
import { line } from "./line.ts";

const mail = /^[^\s@<>"',;]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const mailAddress = z.string().regex(mail, "is not an e-mail address such as ops@site.example");
// RFC 5321 has no such limit; what goes beyond is no host name.
const smarthost = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?:\d{1,5}$/,
    "is not a host with its port, such as mail.site.example:587",
  );

const webhook = closed({
  url: z.string().describe("Where Alertmanager posts its messages to, as JSON. Without a password or token in it."),
  authentication: z
    .enum(["none", "basic", "bearer"])
    .default("none")
    .describe(
      "`none` (default), `basic` (with `username`) or `bearer`; the secret is `NAME.webhook` of `monitoringSecrets`.",
    ),
  username: line.optional().describe("User of `authentication: basic`."),
});

const email = closed({
  to: z
    .union([mailAddress, z.array(mailAddress).min(1, "is empty: write an address")], {
      error: "is neither an e-mail address nor a list of them",
    })

    .describe("Address, or a list of them."),
  from: mailAddress.describe("Sender's address."),
  smarthost: smarthost.describe("Mail server and port, `mail.site.example:587`."),
  username: line
    .optional()
    .describe("User at the mail server; the password is `NAME.email` of `monitoringSecrets`. Default: no log-in."),
  requireTls: z.boolean().default(true).describe("Whether mail is sent with STARTTLS only. Default `true`."),
});

const slack = closed({
  channel: line.optional().describe("Channel, `#ops`. Default: the one that the URL is for."),
});

const receiver = closed({
  webhook: webhook.optional().describe("An HTTP endpoint."),
  email: email.optional().describe("E-mail."),
  slack: slack
    .optional()
    .describe("Slack, or what takes the same messages; its URL is a secret, `NAME.slack` of `monitoringSecrets`."),
});

const severities = ["critical", "warning", "info"] as const;

const branch = closed({
  receiver: z.string().describe("Name of a receiver."),
  severity: z.enum(severities).optional().describe("Only alerts of this severity: `critical`, `warning` or `info`."),
  alerts: z
    .array(z.string())
    .min(1, "is empty: name an alert, such as HostDown")
    .optional()
    .describe("Only these alerts."),
  pools: z
    .array(z.string())
    .min(1, "is empty: name a pool")
    .optional()
    .describe("Only alerts of hosts of these pools."),
  also: z.boolean().default(false).describe("Whether branches below are asked as well. Default `false`."),
});

const route = closed({
  receiver: z.string().optional().describe("Who gets what no branch is for. Default: the only receiver there is."),
  repeat: duration.default("4h").describe("After how long an alert that goes on is told again. Default `4h`."),
  branches: z.array(branch).default([]).describe("The first that an alert fits is where it goes."),
});

/** Key `alertmanager` of the section. */
export const alertmanager = closed({
  port: port.default(9093).describe("Port of Alertmanager. Default 9093."),
  gossipPort: port
    .default(9094)
    .describe("Port, TCP and UDP, by which the Alertmanagers tell each other what has been sent. Default 9094."),
  receivers: named(name, receiver).default({}).describe("Who is told, by name."),
  route: route.prefault({}).describe("Who gets what."),
  watchdog: z
    .string()
    .optional()
    .describe("Receiver that is told every minute that alerts come through, and raises alarm itself when they do not."),
});
