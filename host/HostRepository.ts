import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { AptRepository, Host } from "../box/model.ts";
import { asRoot, requireConnection } from "./connection.ts";
import { hostCommand, withHost } from "./hostCommand.ts";
import { RUNTIME_PATH } from "./runtimeText.ts";
import { endsWith, inOrder } from "./order.ts";

/** Which repository a host gets, and from whom. */
export interface HostRepositoryArgs {
  readonly host: Host;
  readonly repository: AptRepository;
  /** The box whose stack file says so: two boxes on one host must mean the same by one name. */
  readonly box: string;
}

/** Seconds: lists of a large repository over a slow line; apt itself waits up to two minutes for another apt. */
const TIME_LIMIT = "timeout -k 60 600";

/**
 * A repository of packages on a host: its source for apt, and the one key that its lists are taken by. What apt does not take (an
 * address where none is, lists that another key has signed, a source that the host has with another key) is taken back, and is an
 * error in apt's words. Deleting it takes both away, when nobody else names it. Needs a `HostRuntime`.
 *
 * @example new HostRepository("consul-gateway-4-hashicorp", { host, repository, box: "protobox" }, { dependsOn: runtime })
 */
export class HostRepository extends pulumi.ComponentResource {
  /** The resource that runs on the host. */
  readonly command: remote.Command;

  constructor(name: string, args: HostRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, repository } = args;
    super("gatebox:index:HostRepository", name, { host: host.name, ...repository }, inOrder(opts));
    const connection = requireConnection(host);
    const runtime = (verb: string): string => asRoot(connection, `${TIME_LIMIT} sh ${RUNTIME_PATH} ${verb}`);
    this.command = hostCommand(
      { name: `${withHost(name, host)}-repository` },
      {
        host,
        create: runtime("repository"),
        delete: `[ ! -e ${RUNTIME_PATH} ] || ${runtime("remove-repository")}`,
        stdin: repositoryText(repository, { box: args.box, user: withHost(name, host) }),
      },
      this,
      opts?.dependsOn,
    );
    endsWith(this, [this.command]);
    this.registerOutputs({});
  }
}

/**
 * The text that carries a repository to the runtime.
 *
 * @param by who names it: a box, and a name of its own in the stack.
 */
export function repositoryText(
  { name, url, suite, components, key }: AptRepository,
  by: { readonly box: string; readonly user: string },
): string {
  return [
    "gatebox-repository 1",
    `name ${name}`,
    `box ${by.box}`,
    `user ${by.user}`,
    `url ${url}`,
    `suite ${suite}`,
    ...components.map((component) => `component ${component}`),
    "key",
    ...key.trimEnd().split("\n").map((line) => `|${line}`), // prettier-ignore
    "end",
    "",
  ].join("\n");
}
