/** The types of the `command` provider's properties, as data: Check, Diff and the schema are derived from them. */

/** The type of one property. */
export type FieldType =
  | { readonly kind: "string" | "boolean" | "number" | "integer" | "any" | "asset" | "archive" | "assets" }
  | { readonly kind: "enum"; readonly token: string }
  | { readonly kind: "list"; readonly of: "string" | "any" }
  | { readonly kind: "map" }
  | { readonly kind: "object"; readonly type: ObjectType };

export interface Field {
  readonly type: FieldType;
  readonly required?: true;
  readonly default?: string | number;
  /** Marked secret by Check, whatever the program does. */
  readonly secret?: true;
  /** Adding or removing the property replaces the resource. */
  readonly replaces?: true;
}

export interface ObjectType {
  /** As error texts name it, e.g. `remote.CommandInputs`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
}

const string: Field = { type: { kind: "string" } };
const requiredString: Field = { type: { kind: "string" }, required: true };
const secretString: Field = { type: { kind: "string" }, secret: true };
const boolean: Field = { type: { kind: "boolean" } };
const stringList: Field = { type: { kind: "list", of: "string" } };
const stringMap: Field = { type: { kind: "map" } };
const triggers: Field = { type: { kind: "list", of: "any" }, replaces: true };

const hop: ObjectType["fields"] = {
  host: requiredString,
  port: { type: { kind: "number" }, default: 22 },
  user: { type: { kind: "string" }, default: "root" },
  password: secretString,
  privateKey: secretString,
  privateKeyPassword: secretString,
  hostKey: string,
  agentSocketPath: string,
  dialErrorLimit: { type: { kind: "integer" }, default: 10 },
  perDialTimeout: { type: { kind: "integer" }, default: 15 },
};

export const proxyConnection: ObjectType = { name: "remote.ProxyConnection", fields: hop };
export const connection: ObjectType = {
  name: "remote.Connection",
  fields: { ...hop, proxy: { type: { kind: "object", type: proxyConnection } } },
};

const lifecycle: ObjectType["fields"] = { create: string, update: string, delete: string, triggers };
const streams: ObjectType["fields"] = { stdout: requiredString, stderr: requiredString };
const secretConnection: Field = { type: { kind: "object", type: connection }, required: true, secret: true };

const remoteCommandFields: ObjectType["fields"] = {
  connection: secretConnection,
  ...lifecycle,
  addPreviousOutputInEnv: boolean,
  environment: stringMap,
  logging: { type: { kind: "enum", token: "command:remote:Logging" } },
  stdin: string,
};
export const remoteCommandInputs: ObjectType = { name: "remote.CommandInputs", fields: remoteCommandFields };
export const remoteCommandOutputs: ObjectType = {
  name: "remote.CommandOutputs",
  fields: { ...remoteCommandFields, ...streams },
};

const localRunFields: ObjectType["fields"] = {
  addPreviousOutputInEnv: boolean,
  archivePaths: stringList,
  assetPaths: stringList,
  dir: string,
  environment: stringMap,
  interpreter: stringList,
  logging: { type: { kind: "enum", token: "command:local:Logging" } },
  stdin: string,
};
const foundFields: ObjectType["fields"] = {
  ...streams,
  archive: { type: { kind: "archive" } },
  assets: { type: { kind: "assets" } },
};
export const localCommandInputs: ObjectType = {
  name: "local.CommandInputs",
  fields: { ...localRunFields, ...lifecycle },
};
export const localCommandOutputs: ObjectType = {
  name: "local.CommandOutputs",
  fields: { ...localCommandInputs.fields, ...foundFields },
};
export const runInputs: ObjectType = {
  name: "local.RunInputs",
  fields: { ...localRunFields, command: requiredString },
};
export const runOutputs: ObjectType = { name: "local.RunOutputs", fields: { ...runInputs.fields, ...foundFields } };

export const copyToRemoteInputs: ObjectType = {
  name: "remote.CopyToRemoteInputs",
  fields: {
    connection: secretConnection,
    source: { type: { kind: "asset" }, required: true },
    remotePath: requiredString,
    triggers,
  },
};
export const copyToRemoteOutputs: ObjectType = { ...copyToRemoteInputs, name: "remote.CopyToRemoteOutputs" };

/** Deprecated by the vendor in favour of CopyToRemote; only in the schema. */
export const copyFileInputs: ObjectType = {
  name: "remote.CopyFileInputs",
  fields: {
    connection: secretConnection,
    localPath: requiredString,
    remotePath: requiredString,
    triggers: { type: triggers.type },
  },
};
