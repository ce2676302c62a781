/** The plugin `command`: runs commands on hosts over SSH and on this machine, as the vendor's version 1.2.1 does. */
import type { Provider } from "../protocol/provider.ts";
import { serve } from "../protocol/serve.ts";
import { commandResource } from "./commandResource.ts";
import { copyToRemote } from "./copyToRemote.ts";
import { runLocally } from "./localCommand.ts";
import { localCommandInputs, localCommandOutputs, remoteCommandInputs, remoteCommandOutputs } from "./objectTypes.ts";
import { runRemotely } from "./remoteCommand.ts";
import { run } from "./runFunction.ts";
import { schema } from "./schema.ts";

const VERSION = "1.2.1";

const provider: Provider = {
  name: "command",
  version: VERSION,
  schema: () => schema(VERSION),
  resources: {
    "command:local:Command": commandResource(localCommandInputs, localCommandOutputs, runLocally),
    "command:remote:Command": commandResource(remoteCommandInputs, remoteCommandOutputs, runRemotely),
    "command:remote:CopyToRemote": copyToRemote,
  },
  functions: { "command:local:run": run },
  // The official plugin stores this mark; the same mark keeps stacks interchangeable between the two.
  configMarks: { "__pulumi-go-provider-version": "1.2.0" },
};

await serve(provider, process.argv.slice(2));
