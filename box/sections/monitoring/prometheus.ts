import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { named } from "../../schema/references.ts";
import { name, port } from "../../schema/scalars.ts";
import { duration, secondsOf, size } from "./durations.ts";
import { line } from "./line.ts";

const directory = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}$/, "is not the absolute path of a directory, two steps deep or more");

const scrapeInterval = duration.refine(
  (text) => !/^\d{1,6}[smhdwy]$/.test(text) || secondsOf(text) <= 120,
  "is longer than 2m: Prometheus takes what it has not heard of for five minutes to be gone, and alerts would come late",
);

const remoteWrite = closed({
  url: z.string().describe("Where every sample is sent to, beside being kept here."),
  authentication: z
    .enum(["none", "basic", "bearer"])
    .default("none")
    .describe(
      "`none` (default), `basic` (with `username`) or `bearer`; the secret is `remoteWrite` of `monitoringSecrets`.",
    ),
  username: line.optional().describe("User of `authentication: basic`."),
});

/** Key `prometheus` of the section. */
export const prometheus = closed({
  port: port.default(9090).describe("Port of Prometheus. Default 9090."),
  retention: closed({
    time: duration.default("15d").describe("How long samples are kept. Default `15d`."),
    size: size.default("5GB").describe("How much they may take, whichever comes first. Default `5GB`."),
  })
    .prefault({})
    .describe("When samples are removed."),
  storage: directory
    .default("/var/lib/prometheus/metrics2")
    .describe("Directory of the samples, on a disk of the host itself. Default `/var/lib/prometheus/metrics2`."),
  scrapeInterval: scrapeInterval
    .default("15s")
    .describe(
      "How often each program is asked for its metrics; how soon an alert fires follows from it. Default `15s`.",
    ),
  rules: named(name, z.string())
    .default({})
    .describe("Rule files of your own, as texts by their names. They stand beside the box's own rules."),
  remoteWrite: remoteWrite
    .optional()
    .describe("Another Prometheus, or a store that speaks its protocol, that is sent all samples."),
});
