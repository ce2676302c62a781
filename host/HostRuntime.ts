import { readFileSync } from "node:fs";
import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { asRoot, requireConnection } from "./connection.ts";
import { hostCommand, withHost } from "./hostCommand.ts";
import { RUNTIME_END, RUNTIME_PATH, runtimeText } from "./runtimeText.ts";
import { endsWith, inOrder } from "./order.ts";

/** Which host gets the runtime. */
export interface HostRuntimeArgs {
  readonly host: Host;
}

/**
 * The host's side of Gatebox, which applies units and installs packages. Everything else on a host depends on it. Deleting
 * it removes it, unless units of another stack are still there.
 */
export class HostRuntime extends pulumi.ComponentResource {
  /** The resource that runs on the host. */
  readonly command: remote.Command;

  constructor(name: string, args: HostRuntimeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:HostRuntime", name, { host: args.host.name }, inOrder(opts));
    const connection = requireConnection(args.host);
    this.command = hostCommand(
      { name: `${withHost(name, args.host)}-runtime`, before: `${args.host.name}-runtime` },
      {
        host: args.host,
        create: asRoot(connection, `timeout -k 10 60 ${installCommand()}`),
        delete: `[ ! -e ${RUNTIME_PATH} ] || ${asRoot(connection, `timeout -k 10 60 sh ${RUNTIME_PATH} uninstall`)}`,
        stdin: runtimeText(),
        repair: args.host.repair?.["runtime"],
      },
      this,
      opts?.dependsOn,
    );
    endsWith(this, [this.command]);
    this.registerOutputs({});
  }
}

/**
 * The command that puts the runtime of standard input in place: `runtime/install.sh`, which the host does not have yet.
 *
 * @param path Where it goes; tests install elsewhere.
 */
export function installCommand(path: string = RUNTIME_PATH): string {
  const text = readFileSync(new URL("runtime/install.sh", import.meta.url), "utf8").replace(/^#.*\n/gm, "");
  return `sh -c ${quoted(text.trimEnd())} sh ${path} ${quoted(RUNTIME_END)}`;
}

/** One word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
