import * as pulumi from "@pulumi/pulumi";
import {
  BoxError,
  gitlabSecrets,
  grafanaPassword,
  grafanaPasswordFault,
  consulGossipKey,
  monitoringSecrets,
  namespace,
  noGrafana,
  passwordFault,
  registryPasswords,
  sectionsOf,
  ToolAuth,
  tlsPrivateKey,
  toolsPassword,
  type Box,
} from "../box/index.ts";
import { checkedBox, showWarnings } from "./checkedBox.ts";
import { keepGitLabSecrets } from "./gitlabSecrets.ts";
import { keepGrafanaPassword } from "./grafanaPassword.ts";
import { gossipKeyFault, keepGossipKey } from "./consulSecrets.ts";
import { keepMonitoringSecrets } from "./monitoringSecrets.ts";
import { keepRegistryPasswords } from "./registryPasswords.ts";
import { orRunError } from "./runError.ts";
import { keepTlsPrivateKey } from "./tlsPrivateKey.ts";
import { keepToolsPassword } from "./toolsPassword.ts";

/** A stack's box, and the secret that goes with it. */
export interface StackBox {
  readonly box: Box;
  /** Key of `webservers.tls.certificate`, PEM, secret. */
  readonly tlsPrivateKey?: pulumi.Output<string>;
}

/**
 * Reads the box that the current stack's configuration describes. Host keys come from the configuration, or from the
 * known_hosts file that it names, or from the one that $GATEBOX_KNOWN_HOSTS names, which wins. A `WebserverPool` of the box
 * finds the key of its certificate by itself, a `ContainerRuntime` the passwords of its registries, a `Monitoring` what it
 * sends with, `Tools` and `Grafana` their passwords, and a `GitLab` its secrets.
 *
 * @throws pulumi.RunError with every violation of the configuration in one message, before any resource is made.
 * @example const { box } = stackBox();
 */
export function stackBox(): StackBox {
  const values = sectionsOf(pulumi.runtime.allConfig());
  const key = new pulumi.Config(namespace.slice(0, -1)).getSecret(tlsPrivateKey);
  const box = orRunError(() => checkedBox({ name: pulumi.getStack(), values }));
  showWarnings(box);
  keepRegistryPasswords(box, secretsOf(configured(registryPasswords, "passwords by registries", '["REGISTRY"]')));
  keepMonitoringSecrets(box, secretsOf(configured(monitoringSecrets, "secrets by receivers", '["RECEIVER.WAY"]')));
  keepGitLabSecrets(box, configured(gitlabSecrets, "secrets by their names", ".NAME"));
  keepConfiguredToolsPassword(box);
  keepConfiguredGrafanaPassword(box);
  keepConfiguredGossipKey(box);
  if (key === undefined) return { box };
  keepTlsPrivateKey(box, key);
  return { box, tlsPrivateKey: key };
}

/** The password of the tools, where the stack has one: what is wrong with it is known before any resource is made. */
function keepConfiguredToolsPassword(box: Box): void {
  const given = pulumi.runtime.allConfig()[namespace + toolsPassword];
  if (given === undefined) return;
  const asked = box.tools?.list.some(({ auth }) => auth === ToolAuth.Password) === true;
  const message = asked ? passwordFault(given) : "is set, and no tool has auth: password: remove it, or write the tool";
  if (message !== undefined)
    orRunError(() => {
      throw new BoxError(`The configuration of box "${box.name}"`, [{ path: toolsPassword, message }]);
    });
  keepToolsPassword(box, pulumi.secret(given));
}

/** The password of Grafana's `admin`, where the stack has one: the same. */
function keepConfiguredGrafanaPassword(box: Box): void {
  const given = pulumi.runtime.allConfig()[namespace + grafanaPassword];
  if (given === undefined) return;
  const message = box.grafana === undefined ? noGrafana : grafanaPasswordFault(given);
  if (message !== undefined)
    orRunError(() => {
      throw new BoxError(`The configuration of box "${box.name}"`, [{ path: grafanaPassword, message }]);
    });
  keepGrafanaPassword(box, pulumi.secret(given));
}

/** What it is, is known while the program makes its resources: a wrong one is an error before any is made. */
function keepConfiguredGossipKey(box: Box): void {
  const key = pulumi.runtime.allConfig()[namespace + consulGossipKey];
  if (key === undefined) return;
  const none = "is set, and the box has no Consul: remove it, or write consul";
  const message = box.consul === undefined ? none : gossipKeyFault(key);
  if (message !== undefined)
    orRunError(() => {
      throw new BoxError(`The configuration of box "${box.name}"`, [{ path: consulGossipKey, message }]);
    });
  keepGossipKey(box, pulumi.secret(key));
}

/**
 * A mapping of secrets by their names; empty where the stack has none.
 *
 * @param what of the mapping, and `placeholder` of the way to one of them, are for a message.
 */
function configured(key: string, what: string, placeholder: string): Readonly<Record<string, string>> {
  const written = pulumi.runtime.allConfig()[namespace + key];
  const given = written === undefined ? {} : mappingOf(written);
  if (given !== undefined) return given;
  throw new pulumi.RunError(
    `${namespace}${key}: is no mapping of ${what}: "pulumi config set --secret --path '${namespace}${key}${placeholder}'"`,
  );
}

/** The same, told to nobody. Only the names are known while the program makes its resources. */
function secretsOf(given: Readonly<Record<string, string>>): Readonly<Record<string, pulumi.Output<string>>> {
  return Object.fromEntries(Object.entries(given).map(([name, secret]) => [name, pulumi.secret(secret)]));
}

/** Undefined for what is none: the message says so without a word of what it is. */
function mappingOf(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null && Object.values(given).every((one) => typeof one === "string"))
      return given as Readonly<Record<string, string>>;
  } catch {
    // It is no mapping.
  }
  return undefined;
}
