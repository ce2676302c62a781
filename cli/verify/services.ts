/** What of a box's Services is not in the cluster as its stack file declares it. */
import type { Box, ExposedServiceSpec } from "../../box/model.ts";
import { bounded } from "../../box/printable.ts";
import { nodePortService } from "../../render/kubernetes/nodePortService.ts";
import { apiOf, plainObjects, type Ask } from "../doctor/cluster/api.ts";
import { credentialsOf } from "../doctor/cluster/credentials.ts";
import { findAccess, isMapping, textAt, type Access, type KubeconfigSource } from "../doctor/cluster/kubeconfig.ts";

/** A Service that is not as declared. */
export interface ServiceDrift {
  /** Its name among `services`, and in the cluster. */
  readonly name: string;
  readonly namespace: string;
  /** `missing`, `value` (another one than declared) or `foreign` (of its name, and not made by Gatebox). */
  readonly problem: "missing" | "value" | "foreign";
  /** What is there, and what ought to be. Empty where nothing is. */
  readonly detail: string;
  /** Of another value: the merge patch (RFC 7386) after which it is as declared. Absent where a key of somebody's would not do in a shell. */
  readonly patch?: string;
}

/** The Services of a box, compared. */
export interface ServicesDrift {
  readonly drifts: readonly ServiceDrift[];
  /** What could not be compared, and why. */
  readonly unknown: readonly string[];
}

/** Of a box that has none, or whose cluster is not to be asked. */
export const noServices: ServicesDrift = { drifts: [], unknown: [] };

/**
 * Asks the cluster for each Service of a box, as Pulumi's provider would find it: with one connection or a few, changing nothing.
 *
 * @param milliseconds until it is given up
 */
export async function servicesDrift(box: Box, source: KubeconfigSource, milliseconds: number): Promise<ServicesDrift> {
  if (box.services.length === 0) return noServices;
  const access = findAccess(source);
  if ("problem" in access) return notCompared(bounded(access.problem), bounded(access.hint));
  if (textAt(access.cluster, "proxy-url") !== undefined) return notCompared("the kubeconfig names a proxy", look);
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), milliseconds);
  try {
    return await asked(box, access, source.env, end.signal, milliseconds);
  } catch (error) {
    const why = end.signal.aborted ? `nothing came within ${milliseconds / 1000} s` : explained(error);
    return notCompared(`${bounded(access.server)} does not answer: ${bounded(why)}`, look);
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

const look = "look: kubectl get --raw /version";

function notCompared(why: string, hint: string): ServicesDrift {
  return { drifts: [], unknown: [`Services are not compared: ${why}; ${hint}`] };
}

/** An error of Node's, whose own text may be empty where several addresses were tried. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}

async function asked(
  box: Box,
  access: Access,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  milliseconds: number,
): Promise<ServicesDrift> {
  const ask = apiOf(access, await credentialsOf(access, env, milliseconds), signal, plainObjects);
  const each = await Promise.all(box.services.map((service) => compared(service, ask)));
  return { drifts: each.flatMap(({ drifts }) => drifts), unknown: each.flatMap(({ unknown }) => unknown) };
}

async function compared({ name, app }: ExposedServiceSpec, ask: Ask): Promise<ServicesDrift> {
  const { namespace } = app;
  const place = `api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`;
  const { status, body } = await ask("GET", place);
  const drift = (problem: ServiceDrift["problem"], detail = ""): ServicesDrift => ({ drifts: [{ name, namespace, problem, detail }], unknown: [] }); // prettier-ignore
  if (status === 404) return drift("missing");
  if (status !== 200) {
    const why =
      status === 401 || status === 403 ? "the kubeconfig's user may not see it" : `the cluster answers ${status}`;
    return { drifts: [], unknown: [`Service ${namespace}/${name} is not compared: ${why}`] };
  }
  const declared = nodePortService(name, app);
  if (at(body, "metadata", "labels", "app.kubernetes.io/managed-by") !== "gatebox")
    return drift("foreign", "its label app.kubernetes.io/managed-by is not gatebox");
  const others = [
    difference("spec.type", at(body, "spec", "type"), declared.spec.type),
    difference("spec.selector", at(body, "spec", "selector"), declared.spec.selector),
    ...portDifferences(at(body, "spec", "ports"), declared.spec.ports),
  ].filter((text) => text !== "");
  if (others.length === 0) return noServices;
  const patch = mergePatch(at(body, "spec", "selector"), declared.spec);
  return { drifts: [{ name, namespace, problem: "value", detail: others.join("; "), ...(patch === undefined ? {} : { patch }) }], unknown: [] }; // prettier-ignore
}

/**
 * `up` takes away nothing that somebody else has added (server-side apply: it is theirs), so it would not do: a key of the selector that
 * is not declared is removed by name. Ports are replaced as a list.
 */
function mergePatch(selector: unknown, declared: ReturnType<typeof nodePortService>["spec"]): string | undefined {
  const wanted = declared.selector as Readonly<Record<string, string>>;
  const added = Object.keys(isMapping(selector) ? selector : {}).filter((key) => !Object.hasOwn(wanted, key));
  const nothing = Object.fromEntries(added.map((key) => [key, null]));
  const text = JSON.stringify({ spec: { ...declared, selector: { ...wanted, ...nothing } } });
  return /^[\w\-./:,"{}[\] ]+$/.test(text) ? text : undefined;
}

/** Of each port what is declared of it; what the API adds to that is its own. */
function portDifferences(found: unknown, declared: readonly object[]): string[] {
  const ports: readonly unknown[] = Array.isArray(found) ? found : [];
  if (ports.length !== declared.length) return [`spec.ports are ${ports.length}, declared ${declared.length}`];
  return declared.flatMap((port, index) =>
    Object.entries(port).map(([key, value]) => difference(`spec.ports[${index}].${key}`, at(ports[index], key), value)),
  );
}

/** What is there and what is declared, in a few words; empty where they are the same. */
function difference(where: string, found: unknown, declared: unknown): string {
  const [is, wanted] = [canonical(found), canonical(declared)];
  return is === wanted ? "" : `${where} is ${bounded(is)}, declared ${bounded(wanted)}`;
}

/** The same text for the same value, in whatever order its keys stand. */
function canonical(value: unknown): string {
  if (value === undefined) return "not there";
  if (!isMapping(value)) return typeof value === "string" ? value : JSON.stringify(value);
  const sorted = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((found, key) => (isMapping(found) ? found[key] : undefined), value);
}
