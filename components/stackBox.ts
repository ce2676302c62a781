import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { BoxError, parseBox, type Box } from "../box/index.ts";
import { portConflicts } from "../render/portConflicts.ts";
import { registry } from "../render/registry.ts";
import { orRunError } from "./runError.ts";

const namespace = "gatebox:";

/** The one key that is a secret, and so never part of the model. */
const tlsPrivateKey = "tlsPrivateKey";

/** A stack's box, and the secret that goes with it. */
export interface StackBox {
  readonly box: Box;
  /** Key of `webservers.tls.certificate`, PEM, secret. */
  readonly tlsPrivateKey?: pulumi.Output<string>;
}

/** Objects of the configuration arrive as JSON; anything else is left for the schema to refuse by its path. */
function value(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Reads the box that the current stack's configuration describes. Host keys come from the configuration, or from the
 * known_hosts file that it names, or from the one that $GATEBOX_KNOWN_HOSTS names, which wins.
 *
 * @throws pulumi.RunError with every violation of the configuration in one message, before any resource is made.
 */
export function stackBox(): StackBox {
  const values = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(namespace) && key !== namespace + tlsPrivateKey)
      .map(([key, text]) => [key.slice(namespace.length), value(text)]),
  );
  const knownHosts = process.env["GATEBOX_KNOWN_HOSTS"];
  const key = new pulumi.Config("gatebox").getSecret(tlsPrivateKey);
  const box = orRunError(() =>
    parseBox({
      name: pulumi.getStack(),
      values,
      readFile: read,
      ...(knownHosts === undefined ? {} : { knownHosts: read(knownHosts) ?? "" }),
    }),
  );
  const conflicts = portConflicts(registry, box);
  if (conflicts.length > 0)
    throw new pulumi.RunError(new BoxError(`The configuration of box "${box.name}"`, conflicts).message);
  return { box, ...(key === undefined ? {} : { tlsPrivateKey: key }) };
}
