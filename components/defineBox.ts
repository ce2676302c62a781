import * as pulumi from "@pulumi/pulumi";
import type { Box, BoxDeclaration } from "../box/index.ts";
import { checkedBox, showWarnings } from "./checkedBox.ts";
import { keepGitLabSecrets, type GitLabSecrets } from "./gitlabSecrets.ts";
import { readBox } from "./readBox.ts";
import { keepGrafanaPassword } from "./grafanaPassword.ts";
import { keepMonitoringSecrets, type MonitoringSecrets } from "./monitoringSecrets.ts";
import { keepRegistryPasswords, type RegistryPasswords } from "./registryPasswords.ts";
import { orRunError } from "./runError.ts";
import { keepTlsPrivateKey } from "./tlsPrivateKey.ts";
import { keepToolsPassword } from "./toolsPassword.ts";

/** What goes with a box, and is no part of what a stack file says. */
export interface DefineBoxOptions {
  /** Name of the box, in resources and on hosts. @default the name of the stack */
  readonly name?: string;
  /** Key of `webservers.tls.certificate` in PEM, a secret. */
  readonly tlsPrivateKey?: pulumi.Input<string>;
  /** Passwords that images are pulled with, secrets, by the name of the registry. */
  readonly registryPasswords?: RegistryPasswords;
  /** What monitoring sends with, secrets, by receiver and way: `ops.slack`. */
  readonly monitoringSecrets?: MonitoringSecrets;
  /** Password of the user of `tools`, a secret. @default one that is generated */
  readonly toolsPassword?: pulumi.Input<string>;
  /** Passwords and token of `gitlab`, secrets. */
  readonly gitlabSecrets?: GitLabSecrets;
  /** Password of Grafana's user `admin`, a secret. @default one that is generated */
  readonly grafanaPassword?: pulumi.Input<string>;
}

/**
 * A box that is written in TypeScript: the sections of a stack file, by the same rules and with the same messages. Every
 * section but `networks`, `hosts` and `pools` can be left out. It decides the layout, so it is plain data: what is known only
 * while it is deployed cannot stand in it.
 *
 * @throws pulumi.RunError with every violation in one message, before any resource is made.
 * @example
 * const box = defineBox({
 *   networks: { "box-network": "192.168.1.0/24", "site-network": "10.20.0.0/24" },
 *   connection: { network: "box-network", knownHosts: "known_hosts" },
 *   hosts: {
 *     "nat-1": { addresses: { "box-network": "192.168.1.2", "site-network": "10.20.0.2" } },
 *     "nat-2": { addresses: { "box-network": "192.168.1.3", "site-network": "10.20.0.3" } },
 *   },
 *   pools: { "nat-pool": ["nat-1", "nat-2"] },
 *   natGateways: [{ name: "egress", pool: "nat-pool", input: "box-network", output: "site-network", snatAddress: "10.20.0.2" }],
 * });
 */
export function defineBox(declaration: BoxDeclaration, options: DefineBoxOptions = {}): Box {
  const {
    name = pulumi.getStack(),
    tlsPrivateKey,
    registryPasswords,
    monitoringSecrets,
    toolsPassword,
    gitlabSecrets,
    grafanaPassword,
  } = options;
  const values = declaration as Readonly<Record<string, unknown>>;
  const box = orRunError(() => {
    return checkedBox({ name, values });
  });
  if (tlsPrivateKey !== undefined) keepTlsPrivateKey(box, tlsPrivateKey);
  if (registryPasswords !== undefined) keepRegistryPasswords(box, registryPasswords);
  if (monitoringSecrets !== undefined) keepMonitoringSecrets(box, monitoringSecrets);
  if (toolsPassword !== undefined) keepToolsPassword(box, toolsPassword);
  if (gitlabSecrets !== undefined) keepGitLabSecrets(box, gitlabSecrets);
  if (grafanaPassword !== undefined) keepGrafanaPassword(box, grafanaPassword);
  showWarnings(box);
  return box;
}

/**
 * The box that another stack has made, read from its output `box`.
 *
 * @param stack for example `organization/gatebox/protobox`
 * @throws pulumi.RunError when that stack exports no box, or one that breaks rules of this version.
 * @example const box = await boxFromStack("organization/gatebox/protobox");
 */
export async function boxFromStack(stack: string): Promise<Box> {
  return readBox((await new pulumi.StackReference(stack).getOutputDetails("box")).value);
}
