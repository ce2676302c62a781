import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { checkSshBanner } from "./sshBanner.ts";
import { requireConnection } from "./connection.ts";
import { hookNameOf } from "./sshBannerHookName.ts";

/** One hook per host and program: its name must be unique in a program, and an automation process may run several. */
const hooks = new WeakMap<object, Map<string, pulumi.ResourceHook>>();
const noStack = {};

/**
 * The hooks that every command on a host carries: before the engine creates or updates it, the host must send an SSH banner.
 * A hook that throws fails its resource. The hooks run only for what changes, so an `up` without changes opens no
 * connection; there is none for deletion, because `pulumi destroy` runs without the program.
 */
export function sshBannerHooks(host: Host): pulumi.ResourceHookBinding {
  // The SDK's mock monitor cannot register hooks, and a resource that carries one would fail under it.
  if (typeof pulumi.runtime.getMonitor()?.registerResourceHook !== "function") return {};
  const hook = hookOf(host);
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

function hookOf(host: Host): pulumi.ResourceHook {
  const connection = requireConnection(host);
  const program = pulumi.runtime.getStackResource() ?? noStack;
  const known = hooks.get(program) ?? new Map<string, pulumi.ResourceHook>();
  hooks.set(program, known);
  const name = hookNameOf(host.name, connection);
  const hook = known.get(name) ?? new pulumi.ResourceHook(name, () => checkSshBanner(host.name, connection));
  known.set(name, hook);
  return hook;
}
