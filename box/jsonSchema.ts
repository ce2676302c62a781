import { z } from "zod";
import { editorHints } from "./schema/editorHints.ts";
import { sections } from "./sections/index.ts";
import { gitlabSecretDescriptions } from "./sections/gitlab/secrets.ts";
import {
  gitlabSecrets,
  grafanaPassword,
  monitoringSecrets,
  namespace,
  registryPasswords,
  tlsPrivateKey,
  toolsPassword,
} from "./stackConfiguration.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 7, which editors know best) of a whole `Pulumi.<stack>.yaml`. It is made from the schemas that
 * `parseBox` reads with, so an editor and a preview agree; what spans several entries only a preview can tell.
 */
export function stackFileSchema(): JsonSchema {
  const own = sections.map(({ name, schema }) => [namespace + name, sectionSchema(schema)] as const);
  const required = sections
    .filter(({ schema }) => !schema.safeParse(undefined).success)
    .map(({ name }) => namespace + name);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A box, as a stack of Gatebox",
    type: "object",
    required: ["config"],
    additionalProperties: false,
    properties: {
      config: {
        description: "The configuration of the stack. Keys of other namespaces belong to their providers.",
        type: "object",
        required,
        properties: {
          ...Object.fromEntries(own),
          [namespace + tlsPrivateKey]: secretKey,
          [namespace + registryPasswords]: secretPasswords,
          [namespace + monitoringSecrets]: secretsOfMonitoring,
          [namespace + toolsPassword]: secretOfTools,
          [namespace + grafanaPassword]: secretOfGrafana,
          [namespace + gitlabSecrets]: secretsOfGitLab,
        },
        patternProperties: { [`^(?!${namespace})[^:]+:`]: {} },
        additionalProperties: false,
      },
      ...pulumisOwn,
    },
  };
}

/** A value that `pulumi config set --secret` has written. */
const secret: JsonSchema = {
  type: "object",
  required: ["secure"],
  properties: { secure: { description: "The encrypted text.", type: "string" } },
  additionalProperties: false,
};

const secretKey: JsonSchema = {
  description:
    "Private key of `webservers.tls.certificate` in PEM, encrypted: `pulumi config set --secret tlsPrivateKey < key.pem`.",
  ...secret,
};

const secretPasswords: JsonSchema = {
  description:
    "Passwords that images are pulled with, encrypted, by the name of the registry under `containerRuntime.registries`: " +
    "`pulumi config set --secret --path 'gatebox:registryPasswords[\"registry.box\"]'`.",
  type: "object",
  additionalProperties: secret,
};

const secretsOfMonitoring: JsonSchema = {
  description:
    "What monitoring sends with, encrypted: `RECEIVER.webhook`, `RECEIVER.email` and `RECEIVER.slack` of " +
    "`monitoring.alertmanager.receivers`, and `remoteWrite`: " +
    "`pulumi config set --secret --path 'gatebox:monitoringSecrets[\"ops.slack\"]'`.",
  type: "object",
  additionalProperties: secret,
};

const secretOfTools: JsonSchema = {
  description:
    "Password of the user of `tools`, encrypted, of 12 characters or more: `pulumi config set --secret toolsPassword`. " +
    "Without it one is generated, the stack's output `toolsPassword`.",
  ...secret,
};

const secretOfGrafana: JsonSchema = {
  description:
    "Password of Grafana's user `admin`, encrypted, of 12 characters or more: `pulumi config set --secret grafanaPassword`. " +
    "Without it one is generated, the stack's output `grafanaPassword`.",
  ...secret,
};

const secretsOfGitLab: JsonSchema = {
  description:
    "Passwords and token of `gitlab`, encrypted, by their names: `pulumi config set --secret --path gatebox:gitlabSecrets.smtpPassword`.",
  type: "object",
  properties: Object.fromEntries(
    Object.entries(gitlabSecretDescriptions).map(([name, description]) => [name, { ...secret, description }]),
  ),
  additionalProperties: false,
};

/** What else Pulumi keeps in the file (Pulumi's reference, "Stack settings file"). */
const pulumisOwn: JsonSchema = {
  secretsprovider: { description: "Where the key of the stack's secrets is kept.", type: "string" },
  encryptedkey: { description: "Data key of the stack's secrets, itself encrypted.", type: "string" },
  encryptionsalt: { description: "Salt of the passphrase of the stack's secrets.", type: "string" },
  environment: { description: "Pulumi ESC environments that the stack imports." },
};

function sectionSchema(section: z.ZodType): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(section, { target: "draft-7", io: "input", override: editorHints });
  if ($schema === undefined) throw new Error("zod wrote no JSON Schema");
  return schema;
}
