import * as pulumi from "@pulumi/pulumi";
import { namespace, registryPasswords, sectionsOf, tlsPrivateKey, type Box } from "../box/index.ts";
import { checkedBox, showWarnings } from "./checkedBox.ts";
import { keepRegistryPasswords, type RegistryPasswords } from "./registryPasswords.ts";
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
 * finds the key of its certificate by itself, and a `ContainerRuntime` the passwords of its registries.
 *
 * @throws pulumi.RunError with every violation of the configuration in one message, before any resource is made.
 * @example const { box } = stackBox();
 */
export function stackBox(): StackBox {
  const values = sectionsOf(pulumi.runtime.allConfig());
  const key = new pulumi.Config(namespace.slice(0, -1)).getSecret(tlsPrivateKey);
  const box = orRunError(() => checkedBox({ name: pulumi.getStack(), values }));
  showWarnings(box);
  keepRegistryPasswords(box, configuredPasswords());
  if (key === undefined) return { box };
  keepTlsPrivateKey(box, key);
  return { box, tlsPrivateKey: key };
}

/** The passwords by the names of their registries. Only the names are known while the program makes its resources. */
function configuredPasswords(): RegistryPasswords {
  const written = pulumi.runtime.allConfig()[namespace + registryPasswords];
  const given = written === undefined ? {} : mappingOf(written);
  return Object.fromEntries(Object.entries(given).map(([name, password]) => [name, pulumi.secret(password)]));
}

function mappingOf(text: string): Readonly<Record<string, string>> {
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null && Object.values(given).every((one) => typeof one === "string"))
      return given as Readonly<Record<string, string>>;
  } catch {
    // Said below, without a word of what it is.
  }
  throw new pulumi.RunError(
    `${namespace}${registryPasswords}: is no mapping of passwords by registries: "pulumi config set --secret --path '${namespace}${registryPasswords}["REGISTRY"]'"`,
  );
}
