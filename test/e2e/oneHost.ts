/** The tests' own small program, which puts one thing on one host: see programs/oneHost. */
import path from "node:path";
import { stringify } from "yaml";
import type { HostPackagesArgs } from "../../host/HostPackages.ts";
import type { HostUnitArgs } from "../../host/HostUnit.ts";
import { openStack, operatorHome, type LabStack } from "../../lab/stack.ts";
import type { World } from "./world.ts";

/** What is put on the host. */
export interface OneHost {
  readonly host: string;
  readonly packages?: Omit<HostPackagesArgs, "host">;
  readonly unit?: Omit<HostUnitArgs, "host">;
}

/**
 * A stack of that program, on the hosts of the box's own stack.
 *
 * @param name of the stack: another one can be at work beside it
 */
export function oneHost(
  { lab, toolchain, stack }: World,
  { host, packages, unit }: OneHost,
  name = "tests",
): Promise<LabStack> {
  const values = { box: `organization/gatebox/${stack.name}`, host, packages, unit };
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return openStack(operatorHome(lab), toolchain, {
    name,
    program: path.join(import.meta.dirname, "programs/oneHost"),
    configuration: stringify({ config: Object.fromEntries(set.map(([key, value]) => [`one-host:${key}`, value])) }),
  });
}
