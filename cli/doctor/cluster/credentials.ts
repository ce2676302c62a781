import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../machine/program.ts";
import { isMapping, textAt, type Access } from "./kubeconfig.ts";

/** What requests to a cluster are made with. Never part of a message. */
export interface Credentials {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly authorization?: string;
}

/** Gathers what a kubeconfig's user and cluster say, files read and the credential plugin run. @throws Error that names the key */
export async function credentialsOf(
  access: Access,
  env: NodeJS.ProcessEnv,
  milliseconds: number,
): Promise<Credentials> {
  const { cluster, user, folder } = access;
  const ca = material(cluster, "certificate-authority", folder);
  const cert = material(user, "client-certificate", folder);
  const key = material(user, "client-key", folder);
  const tokenFile = textAt(user, "tokenFile");
  const token = tokenFile === undefined ? textAt(user, "token") : fileText("tokenFile", folder, tokenFile).trim();
  const name = textAt(user, "username");
  const basic = name === undefined ? undefined : `Basic ${btoa(`${name}:${textAt(user, "password") ?? ""}`)}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  const plugged = isMapping(user["exec"]) ? await byPlugin(user["exec"], folder, env, milliseconds) : {};
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(authorization === undefined ? {} : { authorization }),
    ...plugged,
  };
}

/** The day on which a client certificate ends, where that is past. */
export function expiredOn({ cert }: Credentials, now: number): string | undefined {
  if (cert === undefined) return undefined;
  const end = new X509Certificate(cert).validToDate;
  return end.getTime() < now ? end.toISOString().slice(0, 10) : undefined;
}

function material(holder: Readonly<Record<string, unknown>>, key: string, folder: string): string | undefined {
  const data = textAt(holder, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const file = textAt(holder, key);
  return file === undefined ? undefined : fileText(key, folder, file);
}

function fileText(key: string, folder: string, file: string): string {
  try {
    return readFileSync(path.resolve(folder, file), "utf8");
  } catch {
    throw new Error(`${key} names ${file}, which cannot be read`);
  }
}

/** Runs a credential plugin (`exec` of a kubeconfig) as kubectl and Pulumi's provider do. */
async function byPlugin(
  exec: Readonly<Record<string, unknown>>,
  folder: string,
  env: NodeJS.ProcessEnv,
  milliseconds: number,
): Promise<Credentials> {
  const command = textAt(exec, "command") ?? "";
  const list = (key: string): readonly unknown[] => (Array.isArray(exec[key]) ? (exec[key] as readonly unknown[]) : []);
  const set = list("env").map((one) => [textAt(one, "name") ?? "", textAt(one, "value") ?? ""] as const);
  const apiVersion = textAt(exec, "apiVersion") ?? "client.authentication.k8s.io/v1";
  const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
  const { code, output, unstarted } = await runProgram(
    command.includes("/") ? path.resolve(folder, command) : command,
    list("args").map(String),
    { cwd: folder, env: { ...env, ...Object.fromEntries(set), KUBERNETES_EXEC_INFO: info }, milliseconds },
  );
  const status = code === 0 ? statusIn(output) : undefined;
  // Its output may be a secret, and so may its errors.
  const how =
    unstarted === undefined ? (code === undefined ? "took too long" : `ended with ${code}`) : "does not start";
  if (status === undefined) throw new Error(`its credential plugin ${command} ${how}, and gave no credential`);
  const token = textAt(status, "token");
  const cert = textAt(status, "clientCertificateData");
  const key = textAt(status, "clientKeyData");
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

function statusIn(output: string): unknown {
  try {
    const answer: unknown = JSON.parse(output);
    return isMapping(answer) ? answer["status"] : undefined;
  } catch {
    return undefined;
  }
}
