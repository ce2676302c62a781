import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { formerUrn } from "./formerUrn.ts";
import { connectionArgs, lacksHostKey, requireConnection } from "./connection.ts";
import { shortest, waits } from "./order.ts";
import { sshBannerHooks } from "./sshBannerHook.ts";

const commandType = "command:remote:Command";

/** What a command on a host consists of. The commands are short and constant; what varies goes by `stdin`. */
export interface HostCommandArgs {
  readonly host: Host;
  /** Runs to create and to update. */
  readonly create: string;
  readonly delete?: string;
  readonly stdin: pulumi.Input<string>;
  /** With another text than before the command runs again, though nothing else is another. Default: none. */
  readonly repair?: string | undefined;
  /** Whether `stdin` is secret: then nothing of it or of the output is logged or stored in plain. Default: false. */
  readonly secret?: boolean;
}

/** How a command is called. */
export interface CommandName {
  /** Contains the host's name (see `withHost`), and that of its component, so that it is unique in the stack. */
  readonly name: string;
  /** What it was called in states of earlier versions. */
  readonly before?: string;
  /** Where it was in states of earlier versions, under either name. @default where it is */
  readonly formerly?: readonly FormerPlace[];
}

/** Where a command was: below a resource that there still is, or the stack alone, in components that there are no longer. */
export interface FormerPlace {
  readonly parent: pulumi.Resource | undefined;
  /** Types of those components, from the outermost. */
  readonly within: readonly string[];
}

/**
 * A name with the host's in it: a changed host in the same resource would be an update, and the old host would never be
 * cleaned up.
 */
export function withHost(name: string, host: Host): string {
  return name.includes(host.name) ? name : `${host.name}-${name}`;
}

/**
 * A command that differs where its host is another machine than before: the update runs it again, there and for each resource of the
 * host, in their order. To the host's shell it is the same.
 */
function onMachine(command: string, { machine }: Host): string {
  return machine === undefined ? command : `${command} # on ${machine}`;
}

/** A command that differs where `repair` of its host has another text for it than before; see `HostCommandArgs.repair`. */
function repaired(command: string, mark: string | undefined): string {
  return mark === undefined ? command : `${command} # repair ${mark}`;
}

/** Makes the one kind of resource that reaches a host. */
export function hostCommand(
  called: CommandName,
  args: HostCommandArgs,
  parent: pulumi.Resource,
  dependsOn: pulumi.CustomResourceOptions["dependsOn"],
): remote.Command {
  const secret = args.secret ?? false;
  const aliases = aliasesOf(called, parent);
  const connection = requireConnection(args.host);
  const before = dependsOn === undefined ? undefined : shortest(dependsOn);
  const command = new remote.Command(
    called.name,
    {
      connection: connectionArgs(connection),
      create: repaired(onMachine(args.create, args.host), args.repair),
      ...(args.delete === undefined ? {} : { delete: args.delete }),
      stdin: secret ? pulumi.secret(args.stdin) : args.stdin,
      addPreviousOutputInEnv: false,
      ...(secret ? { logging: remote.Logging.None } : {}),
    },
    {
      parent,
      ...(aliases.length === 0 ? {} : { aliases }),
      hooks: sshBannerHooks(args.host),
      // A preview without host keys shows what changes, and not that they are missing.
      ...(lacksHostKey(connection) ? { ignoreChanges: ["connection"] } : {}),
      // The previous command of a replaced one deletes by the same names as the new one has made: it must come first.
      deleteBeforeReplace: true,
      ...(before === undefined ? {} : { dependsOn: before }),
      ...(secret ? { additionalSecretOutputs: ["stdin", "stdout", "stderr"] } : {}),
    },
  );
  waits(command, before);
  return command;
}

function aliasesOf({ name, before = name, formerly }: CommandName, parent: pulumi.Resource): pulumi.Input<string>[] {
  const isItself = (place: FormerPlace, former: string): boolean =>
    former === name && place.parent === parent && place.within.length === 0;
  const names = [...new Set([name, before])];
  return (formerly ?? [{ parent, within: [] }]).flatMap((place) =>
    names
      .filter((former) => !isItself(place, former))
      .map((former) => formerUrn(place.parent, [...place.within, commandType], former)),
  );
}
