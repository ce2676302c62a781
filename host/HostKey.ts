import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../box/model.ts";
import { asRoot, requireConnection } from "./connection.ts";
import { hostCommand, withHost } from "./hostCommand.ts";
import { RUNTIME_PATH } from "./runtimeText.ts";
import { endsWith, inOrder } from "./order.ts";

/** Which key a host makes. */
export interface HostKeyArgs {
  readonly host: Host;
  /** Name of the key on the host, for example `gluster`. */
  readonly key: string;
}

const KEY = /^[a-z0-9][a-z0-9.-]*$/;

/**
 * A private key (Ed25519) that a host makes for itself, once, in `/var/lib/gatebox/keys/NAME.pem`, readable to root alone. It
 * never leaves the host; its public part is an output. Deleting it removes it. Needs a `HostRuntime`, and openssl.
 *
 * @example new HostKey("gateway-1-gluster", { host, key: "gluster" }, { dependsOn: [runtime, openssl] }).publicKey
 */
export class HostKey extends pulumi.ComponentResource {
  /** The public key in PEM. */
  readonly publicKey: pulumi.Output<string>;
  /** The resource that runs on the host. */
  readonly command: remote.Command;

  /** @throws ResourceError when the name is none or the host has no connection. */
  constructor(name: string, args: HostKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, key } = args;
    super("gatebox:index:HostKey", name, { host: host.name, key }, inOrder(opts));
    const connection = requireConnection(host);
    if (!KEY.test(key)) throw new pulumi.ResourceError(`${host.name}: ${JSON.stringify(key)} names no key`, this, true);
    const runtime = (verb: string): string => `timeout -k 10 120 sh ${RUNTIME_PATH} ${verb} ${key}`;
    this.command = hostCommand(
      { name: `${withHost(name, host)}-key` },
      {
        host,
        create: asRoot(connection, runtime("key")),
        delete: `[ ! -e ${RUNTIME_PATH} ] || ${asRoot(connection, runtime("forget-key"))}`,
        stdin: "",
      },
      this,
      opts?.dependsOn,
    );
    this.publicKey = this.command.stdout;
    endsWith(this, [this.command]);
    this.registerOutputs({ publicKey: this.publicKey });
  }
}
