/** Gatebox, as one of the two. */
import { openStack } from "../../lab/stack.ts";
import { prepareToolchain } from "../../lab/toolchain/index.ts";
import type { Meter } from "../meter.ts";
import { changed, measuredUp } from "../pulumi.ts";
import type { Peer, Way } from "./peer.ts";

/** @param stackFile what it wants at first */
export async function openGatebox(meter: Meter, stackFile: string): Promise<Peer> {
  const toolchain = await prepareToolchain({ kubernetes: false });
  const stack = await openStack(meter.home, toolchain, { name: "protobox", configuration: stackFile });
  const way = (name: string, options: readonly string[]): Way => ({
    name,
    apply: async () => {
      const { cost, resources } = await measuredUp(meter, stack, options);
      return { cost, changed: changed(resources) };
    },
  });
  return {
    ways: [way("`up --skip-preview`", ["--skip-preview"]), way("`up`", [])],
    want: (text) => stack.configure(text),
    prepare: () => Promise.resolve(undefined),
    rest: () => Promise.resolve(),
  };
}
