/** URLs of registries and proxies. They are judged without being quoted where they may hold a password. */
import { isIP } from "node:net";
import { show } from "../../printable.ts";

const schemes = /^[a-z][a-z0-9+.-]*:\/\//i;

/** What cannot hide a password: a host, a port of digits and a plain path, with a scheme or without. */
const harmless = /^\s*(?:[a-z][a-z0-9+.-]*:\/\/)?[A-Za-z0-9._ [\]*-]*(?::\d*)?(?:\/[A-Za-z0-9._~/-]*)?\s*$/i;

const plain = /^https?:\/\/(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?<port>\d+))?(?<path>\/[A-Za-z0-9._~/-]*)?$/;

/** What is wrong with a URL of a server: a sentence that quotes nothing that may be a password. Undefined when nothing is. */
export function urlFault(text: string, example: string): string | undefined {
  if (/@|%40/.test(text))
    return "holds a user name or a password, which would stand in plain in the state and on the hosts: write the URL without";
  const shown = harmless.test(text) ? `${show(text)} ` : "";
  if (!schemes.test(text)) return `${shown}has no scheme: write ${example}`;
  const { host, port, path = "" } = plain.exec(text)?.groups ?? {};
  const isSound =
    host !== undefined &&
    isHost(host) &&
    port !== "0" &&
    URL.canParse(text) &&
    !path.split("/").some((step) => /^\.\.?$/.test(step));
  return isSound ? undefined : `${shown}is not a URL such as ${example}`;
}

/** A name of plain labels, or an address. What ends in a number is an address or nothing (RFC 1123, 2.1). */
function isHost(host: string): boolean {
  if (host.startsWith("[")) return true;
  if (/(?:^|\.)\d+$/.test(host)) return isIP(host) === 4;
  return host.split(".").every((label) => /^[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(label));
}

/** Whether Go, and so containerd, takes a text for what is reached without a proxy. Others it passes over in silence. */
export function isReachedDirectly(text: string): boolean {
  if (text === "*" || isIP(text) > 0) return true;
  const [, address = "", length] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (length !== undefined) return isIP(address) > 0 && Number(length) <= (isIP(address) === 4 ? 32 : 128);
  const [, name = "", port] = /^(?:\*?\.)?([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return (
    (isHost(name.replaceAll("_", "-")) || isIP(name) > 0) &&
    (port === undefined || (Number(port) > 0 && Number(port) < 65_536))
  );
}

/** Where a registry is asked, without a slash at the end. Docker's own images are not where their name says. */
export function serverOf(name: string, server: string | undefined): string {
  return (server ?? (name === "docker.io" ? "https://registry-1.docker.io" : `https://${name}`)).replace(/\/+$/, "");
}

/** The host of a URL with the port that is written, as containerd compares it; undefined for what is no URL of a server. */
export function serverHost(url: string): string | undefined {
  return /^https?:\/\/([^/]+)/i.exec(url)?.[1];
}
