/** The package schema of the `command` provider, derived from its object types. */
import * as types from "./objectTypes.ts";
import type { Field, FieldType, ObjectType } from "./objectTypes.ts";

const objectToken = (type: ObjectType): string => `command:${type.name.replace(".", ":")}`;

/** A type as the schema language writes it. */
function typeSpec(type: FieldType): object {
  switch (type.kind) {
    case "string":
    case "boolean":
    case "number":
    case "integer":
      return { type: type.kind };
    case "any":
      return { $ref: "pulumi.json#/Any" };
    case "asset":
      return { $ref: "pulumi.json#/Asset" };
    case "archive":
      return { $ref: "pulumi.json#/Archive" };
    case "assets":
      return { type: "object", additionalProperties: { $ref: "pulumi.json#/Asset" } };
    case "enum":
      return { $ref: `#/types/${type.token}` };
    case "list":
      return { type: "array", items: typeSpec({ kind: type.of }) };
    case "map":
      return { type: "object", additionalProperties: { type: "string" } };
    case "object":
      return { $ref: `#/types/${objectToken(type.type)}` };
  }
}

const propertySpec = (field: Field): object => ({
  ...typeSpec(field.type),
  ...(field.default === undefined ? {} : { default: field.default }),
  ...(field.secret ? { secret: true } : {}),
  ...(field.replaces ? { replaceOnChanges: true } : {}),
});

const propertySpecs = (type: ObjectType): object =>
  Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, propertySpec(field)]));

const requiredOf = (type: ObjectType): string[] =>
  Object.entries(type.fields).flatMap(([name, field]) => (field.required ? [name] : []));

const objectSpec = (type: ObjectType): object => ({
  type: "object",
  properties: propertySpecs(type),
  required: requiredOf(type),
});

const resourceSpec = (inputs: ObjectType, outputs: ObjectType): object => ({
  inputProperties: propertySpecs(inputs),
  requiredInputs: requiredOf(inputs),
  properties: propertySpecs(outputs),
  required: requiredOf(outputs),
});

const loggingSpec = {
  type: "string",
  enum: ["stdout", "stderr", "stdoutAndStderr", "none"].map((value) => ({ value })),
};

/** @param version the version that the plugin answers with */
export function schema(version: string): object {
  return {
    name: "command",
    version,
    types: {
      "command:local:Logging": loggingSpec,
      "command:remote:Logging": loggingSpec,
      [objectToken(types.connection)]: objectSpec(types.connection),
      [objectToken(types.proxyConnection)]: objectSpec(types.proxyConnection),
    },
    resources: {
      "command:local:Command": resourceSpec(types.localCommandInputs, types.localCommandOutputs),
      "command:remote:Command": resourceSpec(types.remoteCommandInputs, types.remoteCommandOutputs),
      "command:remote:CopyToRemote": resourceSpec(types.copyToRemoteInputs, types.copyToRemoteOutputs),
      "command:remote:CopyFile": resourceSpec(types.copyFileInputs, types.copyFileInputs),
    },
    functions: {
      "command:local:run": { inputs: objectSpec(types.runInputs), outputs: objectSpec(types.runOutputs) },
    },
  };
}
