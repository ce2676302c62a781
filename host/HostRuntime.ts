import { dirname } from "node:path/posix";
import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { asRoot, requireConnection } from "./connection.ts";
import { hostCommand } from "./hostCommand.ts";
import { RUNTIME_END, RUNTIME_PATH, runtimeText } from "./runtimeText.ts";

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
    super("gatebox:index:HostRuntime", name, {}, opts);
    const connection = requireConnection(args.host);
    this.command = hostCommand(
      `${args.host.name}-runtime`,
      {
        host: args.host,
        create: asRoot(connection, `timeout -k 10 60 sh -euc '${installScript()}'`),
        delete: `[ ! -e ${RUNTIME_PATH} ] || ${asRoot(connection, `timeout -k 10 60 sh ${RUNTIME_PATH} uninstall`)}`,
        stdin: runtimeText(),
      },
      this,
      opts?.dependsOn,
    );
    this.registerOutputs({});
  }
}

/**
 * Puts the script of standard input in place by rename, so that a process that is reading the old one goes on reading it.
 * Neither a text that was cut short nor one that the host's own shell cannot parse gets there.
 *
 * @param path Where it goes; tests install elsewhere.
 */
export function installScript(path: string = RUNTIME_PATH): string {
  return [
    "umask 022",
    `mkdir -p ${dirname(path)}`,
    `new=$(mktemp ${path}.XXXXXX)`,
    `trap "rm -f $new" EXIT`,
    `cat >"$new"`,
    `[ "$(tail -n 1 "$new")" = "${RUNTIME_END}" ] || { echo "the runtime arrived cut short" >&2; exit 1; }`,
    `sh -n "$new"`,
    `chmod 0755 "$new"`,
    `sync "$new"`,
    `mv -f "$new" ${path}`,
  ].join("; ");
}
