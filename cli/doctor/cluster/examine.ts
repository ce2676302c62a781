import type { Box, ExposedServiceSpec } from "../../../box/model.ts";
import { bounded } from "../../../box/printable.ts";
import { fine, warning, wrong, type Finding, type Group } from "../finding.ts";
import { seconds } from "../../limits.ts";
import { apiOf, type Ask } from "./api.ts";
import { credentialsOf, expiredOn } from "./credentials.ts";
import { findAccess, textAt, type Access, type KubeconfigSource } from "./kubeconfig.ts";
import { nodeFindings, portFindings } from "./objects.ts";

/** Everything about the cluster; nothing where the stack makes nothing in it. */
export async function clusterGroup(
  box: Box,
  source: KubeconfigSource,
  milliseconds: number,
): Promise<readonly Group[]> {
  if (box.services.length === 0) return [];
  const access = findAccess(source);
  if ("problem" in access) {
    return [{ subject: "cluster", findings: [wrong("kubeconfig", bounded(access.problem), bounded(access.hint))] }];
  }
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), milliseconds);
  try {
    const findings = await accessFindings(box, access, source.env, end.signal, milliseconds);
    return [{ subject: "cluster", at: bounded(`${access.context}, ${access.server}`), findings }];
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

async function accessFindings(
  box: Box,
  access: Access,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  milliseconds: number,
): Promise<readonly Finding[]> {
  const hint = "look: kubectl get --raw /version";
  if (textAt(access.cluster, "proxy-url") !== undefined)
    return [warning("cluster", "was not asked: its kubeconfig names a proxy", hint)];
  try {
    const credentials = await credentialsOf(access, env, milliseconds);
    const expired = expiredOn(credentials, Date.now());
    if (expired !== undefined)
      return [wrong("kubeconfig", `its client certificate ended on ${expired}`, "get a new kubeconfig of the cluster")];
    const ask = apiOf(access, credentials, signal);
    const { status, body } = await ask("GET", "version");
    if (status === 401)
      return [wrong("kubeconfig", "the cluster does not know its user", "get a new kubeconfig of the cluster")];
    if (status !== 200 && status !== 403) return [wrong("cluster", `answers ${status} to /version`, hint)];
    const version = textAt(body, "gitVersion");
    const known = fine("cluster", version === undefined ? "cluster" : `Kubernetes ${bounded(version)}`);
    return [known, ...(await objectFindings(box, ask))];
  } catch (error) {
    const why = signal.aborted ? `nothing came within ${seconds(milliseconds)}` : explained(error);
    const next = `is ${bounded(access.server)} the box's cluster, and the kubeconfig of today? ${hint}`;
    return [wrong("cluster", `does not answer: ${bounded(why)}`, next)];
  }
}

/** An error of Node's, whose own text may be empty where several addresses were tried. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return error.message === "" ? code : error.message;
}

async function objectFindings(box: Box, ask: Ask): Promise<readonly Finding[]> {
  const namespaces = [...new Set(box.services.map(({ app }) => app.namespace))];
  const found = await Promise.all([
    ...namespaces.map((namespace) => namespaceFindings(namespace, ask)),
    portFindings(box, ask),
    nodeFindings(box, ask),
  ]);
  const problems = found.flat();
  const isReady = problems.every(({ check }) => check !== "namespace" && check !== "permission");
  return [...(isReady ? [fine("permission", `${count(box.services)} may be made`)] : []), ...problems];
}

function count(services: readonly ExposedServiceSpec[]): string {
  return services.length === 1 ? "1 Service" : `${services.length} Services`;
}

/** What `up` does to Services. */
const verbs = ["create", "patch", "delete"] as const;

async function namespaceFindings(namespace: string, ask: Ask): Promise<readonly Finding[]> {
  const { status } = await ask("GET", `api/v1/namespaces/${encodeURIComponent(namespace)}`);
  const missing =
    status === 404
      ? [wrong("namespace", `there is no namespace ${namespace}`, `kubectl create namespace ${namespace}`)]
      : [];
  const allowed = await Promise.all(verbs.map((verb) => isAllowed(verb, namespace, ask)));
  const refused = verbs.filter((_, index) => !allowed[index]);
  if (refused.length === 0) return missing;
  const message = `its user may not ${refused.join(", ")} Services in ${namespace}`;
  const hint = `kubectl create rolebinding gatebox --clusterrole=edit --user=USER -n ${namespace}`;
  return [...missing, wrong("permission", message, hint)];
}

/** Asks the cluster what it would say. Nothing is stored by that. */
async function isAllowed(verb: string, namespace: string, ask: Ask): Promise<boolean> {
  const { body } = await ask("POST", "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb, namespace, resource: "services" } },
  });
  const status = (body as { readonly status?: { readonly allowed?: unknown } } | null | undefined)?.status;
  return status?.allowed === true;
}
