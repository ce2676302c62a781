import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";

/** A mapping that was read and not checked. */
type Mapping = Readonly<Record<string, unknown>>;

/** What of a kubeconfig leads to one cluster. */
export interface Access {
  readonly context: string;
  readonly server: string;
  readonly cluster: Mapping;
  readonly user: Mapping;
  /** Folder that relative paths in it begin at. */
  readonly folder: string;
}

/** A kubeconfig that leads nowhere, and why. */
export interface NoAccess {
  readonly problem: string;
  readonly hint: string;
}

/** Where a kubeconfig is looked for. */
export interface KubeconfigSource {
  readonly env: NodeJS.ProcessEnv;
  /** `kubernetes:kubeconfig` of the stack file: a path, or the text itself. */
  readonly given?: unknown;
  /** `kubernetes:context` of the stack file. */
  readonly context?: unknown;
  /** Where relative paths begin. */
  readonly folder: string;
}

/**
 * Where the kubeconfig of a stack is looked for.
 *
 * @param config of the stack file, namespaces included
 * @param folder of the stack file
 */
export function kubeconfigSource(
  config: Readonly<Record<string, unknown>>,
  folder: string,
  env: NodeJS.ProcessEnv,
): KubeconfigSource {
  return { env, folder, given: config["kubernetes:kubeconfig"], context: config["kubernetes:context"] };
}

/** Finds the cluster as Pulumi's Kubernetes provider will: the stack file's kubeconfig, else $KUBECONFIG, else ~/.kube/config. */
export function findAccess(source: KubeconfigSource): Access | NoAccess {
  const { given, env, folder } = source;
  if (given !== undefined && typeof given !== "string")
    return {
      problem: "kubernetes:kubeconfig of the stack file is encrypted",
      hint: "have KUBECONFIG name the file as well",
    };
  if (given?.includes("\n") === true || given?.startsWith("{") === true)
    return accessIn([{ document: parsed(given), folder, name: "kubernetes:kubeconfig" }], source);
  const listed = given ?? (env["KUBECONFIG"] || path.join(env["HOME"] ?? homedir(), ".kube", "config"));
  const files = listed
    .split(path.delimiter)
    .filter((file) => file !== "")
    .map((file) => path.resolve(folder, file));
  const documents = files.flatMap((file) => readDocument(file));
  const names = files.join(", ");
  const hint = "have KUBECONFIG name the kubeconfig of the box's cluster";
  if (documents.length === 0) return { problem: `there is no kubeconfig at ${names}`, hint };
  return accessIn(documents, source);
}

interface Document {
  readonly name: string;
  readonly folder: string;
  readonly document: unknown;
}

function readDocument(file: string): readonly Document[] {
  try {
    return [{ name: file, folder: path.dirname(file), document: parsed(readFileSync(file, "utf8")) }];
  } catch {
    return [];
  }
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100, logLevel: "error" }) as unknown;
  } catch {
    return undefined;
  }
}

/** Of several files the first one that has a name counts. */
function accessIn(documents: readonly Document[], { context: wanted }: KubeconfigSource): Access | NoAccess {
  const names = documents.map(({ name }) => name).join(", ");
  const broken = documents.find(({ document }) => !isMapping(document));
  if (broken) return { problem: `${broken.name} is no kubeconfig`, hint: "look: kubectl config view" };
  const current = documents.flatMap(({ document }) => textAt(document, "current-context") ?? [])[0];
  const context = typeof wanted === "string" ? wanted : current;
  if (context === undefined)
    return { problem: `${names} has no current context`, hint: "kubectl config use-context CONTEXT" };
  const chosen = entry(documents, "contexts", "context", context);
  if (!chosen) {
    const known = documents.flatMap(({ document }) => listOf(document, "contexts").map(nameOf)).join(", ");
    const hint = known === "" ? "it has none at all" : `it has ${known}: kubectl config use-context CONTEXT`;
    return { problem: `${names} has no context "${context}"`, hint };
  }
  const clusterName = textAt(chosen.value, "cluster") ?? "";
  const cluster = entry(documents, "clusters", "cluster", clusterName);
  const server = textAt(cluster?.value, "server");
  if (!cluster || server === undefined)
    return {
      problem: `context "${context}" of ${names} names the cluster "${clusterName}", which has no server`,
      hint: "correct it there",
    };
  const userName = textAt(chosen.value, "user") ?? "";
  const user = entry(documents, "users", "user", userName);
  if (!user)
    return {
      problem: `context "${context}" of ${names} names the user "${userName}", whom it does not have`,
      hint: "correct it there",
    };
  return { context, server, cluster: cluster.value, user: user.value, folder: user.folder };
}

function entry(
  documents: readonly Document[],
  list: string,
  key: string,
  name: string,
): { readonly value: Mapping; readonly folder: string } | undefined {
  for (const { document, folder } of documents) {
    const found = listOf(document, list).find((one) => nameOf(one) === name);
    const value = isMapping(found) ? found[key] : undefined;
    if (found !== undefined) return { value: isMapping(value) ? value : {}, folder };
  }
  return undefined;
}

function listOf(document: unknown, key: string): readonly unknown[] {
  const list = isMapping(document) ? document[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function nameOf(one: unknown): string {
  return textAt(one, "name") ?? "";
}

/** A text of a mapping; undefined where it has none. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = isMapping(value) ? value[key] : undefined;
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** Whether a value that was read is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
