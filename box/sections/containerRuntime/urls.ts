/** URLs of registries and proxies. They are judged without being quoted, for one may hold a password. */

const schemes = /^[a-z][a-z0-9+.-]*:\/\//i;

/** What is wrong with a URL of a server: a sentence without the URL itself. Undefined when nothing is. */
export function urlFault(text: string, example: string): string | undefined {
  if (text.includes("@"))
    return "holds a user name or a password, which would stand in plain in the state and on the hosts: write the URL without";
  if (!schemes.test(text)) return `"${text.slice(0, 60)}" has no scheme: write ${example}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = /^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~/-]*)?$/.test(text);
  if (url === undefined || !isPlain) return `"${text.slice(0, 60)}" is not a URL such as ${example}`;
  return undefined;
}

/** Where a registry is asked. Docker's own images are not where their name says. */
export function serverOf(name: string, server: string | undefined): string {
  return server ?? (name === "docker.io" ? "https://registry-1.docker.io" : `https://${name}`);
}

/** The host of a URL with the port that is written, as containerd compares it; undefined for what is no URL of a server. */
export function serverHost(url: string): string | undefined {
  return /^https?:\/\/([^/]+)/i.exec(url)?.[1];
}
