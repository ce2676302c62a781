import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { stackFileSchema } from "../box/index.ts";
import { finish, Status, type Ended } from "./ended.ts";
import { here } from "./here.ts";

interface SchemaOptions {
  readonly out: string | undefined;
}

/** `gatebox schema`: the JSON Schema of stack files. */
export const schemaCommand: CommandModule<object, SchemaOptions> = {
  command: "schema",
  describe: "Print the JSON Schema of stack files, for editors",
  builder: (yargs) =>
    yargs
      .option("out", { describe: "Write it into this file", type: "string", requiresArg: true })
      .epilogue("A stack file names it in its first line: # yaml-language-server: $schema=./Pulumi.schema.json"),
  handler: ({ out }) => finish(schema(out, here())),
};

/** Prints the schema, or writes it into a file relative to `here`. */
export function schema(out: string | undefined, here: string): Ended {
  const text = `${JSON.stringify(stackFileSchema(), null, 2)}\n`;
  if (out === undefined) return { status: Status.Fine, output: text };
  writeFileSync(path.resolve(here, out), text);
  return { status: Status.Fine };
}
