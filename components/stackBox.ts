import * as pulumi from "@pulumi/pulumi";
import { namespace, sectionsOf, tlsPrivateKey, type Box } from "../box/index.ts";
import { checkedBox, showWarnings } from "./checkedBox.ts";
import { orRunError } from "./runError.ts";
import { keepTlsPrivateKey } from "./tlsPrivateKey.ts";

/** A stack's box, and the secret that goes with it. */
export interface StackBox {
  readonly box: Box;
  /** Key of `webservers.tls.certificate`, PEM, secret. */
  readonly tlsPrivateKey?: pulumi.Output<string>;
}

/**
 * Reads the box that the current stack's configuration describes. Host keys come from the configuration, or from the
 * known_hosts file that it names, or from the one that $GATEBOX_KNOWN_HOSTS names, which wins. A `WebserverPool` of the box
 * finds the key of its certificate by itself.
 *
 * @throws pulumi.RunError with every violation of the configuration in one message, before any resource is made.
 * @example const { box } = stackBox();
 */
export function stackBox(): StackBox {
  const values = sectionsOf(pulumi.runtime.allConfig());
  const key = new pulumi.Config(namespace.slice(0, -1)).getSecret(tlsPrivateKey);
  const box = orRunError(() => checkedBox({ name: pulumi.getStack(), values }));
  showWarnings(box);
  if (key === undefined) return { box };
  keepTlsPrivateKey(box, key);
  return { box, tlsPrivateKey: key };
}
