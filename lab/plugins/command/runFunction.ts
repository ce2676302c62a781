/** The function `command:local:run`: a command that runs whenever the program does. */
import type { ProviderFunction } from "../protocol/provider.ts";
import { reveal } from "../protocol/wireValues.ts";
import type { WireObject } from "../protocol/wireValues.ts";
import { decodeFailures } from "./decode.ts";
import { runLocally } from "./localCommand.ts";
import { runInputs } from "./objectTypes.ts";

export const run: ProviderFunction = {
  check: (args) => decodeFailures(runInputs, args),
  async invoke(call, args) {
    const inputs = reveal(args) as WireObject;
    return { ...args, ...(await runLocally(call, inputs["command"] as string, inputs, undefined)) };
  },
};
