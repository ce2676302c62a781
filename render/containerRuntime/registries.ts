/** How containerd reaches each registry: a folder `certs.d/REGISTRY`, read at every pull, so that a change restarts nothing. */
import type { ContainerRuntime, RuntimeRegistry } from "../../box/model.ts";
import { serverHost, serverOf } from "../../box/sections/containerRuntime/urls.ts";
import { treeOf } from "../places.ts";
import type { TreeFile } from "../treeFile.ts";
import { containerRuntime, quoted, tokenText, type Login } from "./configuration.ts";

/** A registry, its name, and what one logs in with; the password of one without a user is never asked for. */
export interface Password {
  readonly registry: string;
  readonly password: string;
}

/** The files of the registries that need no password, and all authorities' certificates. None of them is a secret. */
export function openRegistryFiles(runtime: ContainerRuntime): TreeFile[] {
  return Object.entries(runtime.registries).flatMap(([name, registry]) => [
    ...authorities(name, registry),
    ...(hasPassword(registry) ? [] : [file(`${folder(name)}/hosts.toml`, "0644", hostsText(name, registry))]),
  ]);
}

/** The registries that hosts log in to. */
export function withPassword(runtime: ContainerRuntime): readonly string[] {
  return Object.entries(runtime.registries).flatMap(([name, registry]) => (hasPassword(registry) ? [name] : []));
}

/**
 * The files that hold passwords, one unit, which is a secret: for each registry how it is reached, and what the probe asks it
 * with; and the configuration's own part, where a registry logs in by token.
 */
export function secretRegistryFiles(runtime: ContainerRuntime, passwords: readonly Password[]): TreeFile[] {
  const logins = passwords.map(({ registry, password }): Login & { readonly entry: RuntimeRegistry } => {
    const entry = runtime.registries[registry];
    if (entry?.username === undefined) throw new Error(`registry ${JSON.stringify(registry)} has no user`);
    const host = serverHost(serverOf(registry, entry.server));
    if (host === undefined) throw new Error(`registry ${JSON.stringify(registry)} has no host`);
    return { registry, host, username: entry.username, password: oneLine(password, registry), entry };
  });
  const byToken = logins.filter(({ entry }) => entry.authentication === "token");
  return [
    ...logins.flatMap((login) => [
      file(`${folder(login.registry)}/hosts.toml`, "0600", hostsText(login.registry, login.entry, headerOf(login))),
      ...(login.entry.checked
        ? [file(`login/${folderName(login.registry)}.curl`, "0600", loginText(login.registry, login.entry, login))]
        : []),
    ]),
    ...(byToken.length > 0 ? [file("containerd/logins/registries.toml", "0600", tokenText(runtime, byToken))] : []),
  ];
}

/** Whether it is known by a certificate other than the host's own. */
function hasAuthority({ ca, caOfBox }: Pick<RuntimeRegistry, "ca" | "caOfBox">): boolean {
  return ca !== undefined || caOfBox === true;
}

function hasPassword({ username }: RuntimeRegistry): boolean {
  return username !== undefined;
}

function oneLine(password: string, registry: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (password === "" || /[\u0000-\u001f\u007f]/.test(password))
    throw new Error(`the password of ${registry} is empty or holds control characters, a line end perhaps`);
  return password;
}

/** containerd looks for a folder `HOST:PORT`, which the host's runtime does not take: `HOST_PORT_` is the same to it. */
function folderName(registry: string): string {
  return registry.replace(/:(\d+)$/, "_$1_");
}

function folder(registry: string): string {
  return `certs.d/${folderName(registry)}`;
}

/** Where the certificate of an authority is: of the registry itself, or of one of its mirrors. */
function authorityFile(index?: number): string {
  return index === undefined ? "ca.pem" : `mirror-${index + 1}.pem`;
}

/** The files that hold the certificate of the box's own authority, which is made at `up`: who makes it writes them. */
export function authorityOfBoxFiles({ registries }: ContainerRuntime): readonly string[] {
  return Object.entries(registries).flatMap(([name, { caOfBox, mirrors }]) => [
    ...(caOfBox ? [`${folder(name)}/${authorityFile()}`] : []),
    ...mirrors.flatMap((mirror, index) => (mirror.caOfBox ? [`${folder(name)}/${authorityFile(index)}`] : [])),
  ]);
}

function authorities(name: string, { ca, mirrors }: RuntimeRegistry): TreeFile[] {
  return [
    ...(ca === undefined ? [] : [file(`${folder(name)}/${authorityFile()}`, "0644", ca)]),
    ...mirrors.flatMap((mirror, index) =>
      mirror.ca === undefined ? [] : [file(`${folder(name)}/${authorityFile(index)}`, "0644", mirror.ca)],
    ),
  ];
}

/** `hosts.toml`: the registry itself, then its mirrors in the order in which they are asked. */
function hostsText(name: string, registry: RuntimeRegistry, header?: string): string {
  const own = [
    ...(name === "_default" && registry.server === undefined
      ? []
      : [`server = ${quoted(serverOf(name, registry.server))}`]),
    ...(hasAuthority(registry) ? [`ca = ${quoted(authorityFile())}`] : []),
    ...(header === undefined ? [] : ["", "[header]", `  Authorization = ${quoted(header)}`]),
  ];
  const mirrors = registry.mirrors.map(({ url, resolves, ...trust }, index) => [
    "",
    `[host.${quoted(url)}]`,
    `  capabilities = ${resolves ? '["pull", "resolve"]' : '["pull"]'}`,
    ...(hasAuthority(trust) ? [`  ca = ${quoted(authorityFile(index))}`] : []),
  ]);
  // containerd 1.6 drops the whole file, without a word to anybody who pulls, where this table is missing.
  return [...own, "", "[host]", ...mirrors.flat()].map((line) => `${line}\n`).join("");
}

/** With a token registry, containerd itself asks for a token: a header of ours would stand in the way. */
function headerOf({ entry, username, password }: Login & { readonly entry: RuntimeRegistry }): string | undefined {
  return entry.authentication === "token" ? undefined : basic(username, password);
}

/** What HTTP's Basic authentication says (RFC 7617). */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** A configuration of curl: what the probe asks the registry with, so that no password is on a command line. */
function loginText(name: string, registry: RuntimeRegistry, { username, password }: Login): string {
  const ca = `${treeOf(containerRuntime)}/${folder(name)}/${authorityFile()}`;
  return [
    `# ${registry.authentication} ${serverOf(name, registry.server)}/v2/`,
    `user = ${quoted(`${username}:${password}`)}`,
    ...(hasAuthority(registry) ? [`cacert = ${quoted(ca)}`] : []),
  ].map((line) => `${line}\n`).join(""); // prettier-ignore
}

function file(path: string, mode: TreeFile["mode"], text: string): TreeFile {
  return { path, mode, text };
}
