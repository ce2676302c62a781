import type { Box } from "../../box/index.ts";
import { script } from "../../render/script.ts";
import { clusterGroup } from "./cluster/examine.ts";
import { kubeconfigSource } from "./cluster/kubeconfig.ts";
import type { Finding, Group } from "./finding.ts";
import { hostGroup } from "./host/examine.ts";
import { clockLine } from "./host/facts.ts";
import { limits } from "../limits.ts";
import { operatorKeys } from "./machine/agent.ts";
import { backendFinding, backendUrl } from "./machine/backend.ts";
import type { Machine } from "./machine/machine.ts";
import { passphraseFindings, type SecretsOf } from "./machine/passphrase.ts";
import { nodeFinding, pulumiFinding } from "./machine/versions.ts";
import type { Keys } from "../ssh/keys.ts";
import { visitAll, type Visits } from "../ssh/visit.ts";

/** A stack that is to be applied, as far as the doctor needs it. */
export interface Patient {
  readonly box: Box;
  /** The stack file beside its configuration. */
  readonly secrets: SecretsOf;
  /** Its configuration, for other programs' keys. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Looks at all that `up` needs, at once, and changes nothing. */
export async function examine({ box, secrets, config }: Patient, machine: Machine): Promise<readonly Group[]> {
  const end = Date.now() + machine.limit;
  const operator = operatorKeys(machine);
  const source = kubeconfigSource(config, machine.folder, machine.env);
  const [own, { finding: ofAgent }, hosts, cluster] = await Promise.all([
    machineFindings(secrets, machine),
    operator,
    operator.then(({ keys }) => hostGroups(box, visitsWith(keys, end - Date.now()))),
    clusterGroup(box, source, machine.limit),
  ]);
  return [{ subject: "this machine", findings: [...own, ofAgent] }, ...hosts, ...cluster];
}

async function machineFindings(secrets: SecretsOf, machine: Machine): Promise<readonly Finding[]> {
  const backend = await backendUrl(machine);
  const found = await Promise.all([
    nodeFinding(machine),
    pulumiFinding(machine),
    backendFinding(backend, machine),
    passphraseFindings(backend, secrets, machine),
  ]);
  return found.flat();
}

async function hostGroups(box: Box, asking: Visits): Promise<readonly Group[]> {
  const hosts = Object.values(box.hosts).flatMap((host) =>
    host.connection === undefined ? [] : [{ host, connection: host.connection }],
  );
  const visits = await visitAll(
    hosts.map(({ connection }) => connection),
    asking,
  );
  return hosts.map(({ host, connection }, index) => hostGroup(box, host, connection, visits[index] ?? {}));
}

/** What every host is asked: one constant script, which arrives by standard input and ends by itself. */
export function visitsWith(keys: Keys, limit: number): Visits {
  return {
    keys,
    command: `timeout -k 1 ${limits.answerSeconds} sh -s`,
    script: script(import.meta.dirname, "host/facts.sh"),
    mark: clockLine,
    limit,
  };
}
