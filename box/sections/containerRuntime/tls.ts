/** The registries behind the box's own web servers, and how hosts know these. */
import { X509Certificate } from "node:crypto";
import { entriesOf, itemsOf, type Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { serverOf } from "./urls.ts";

const section = "containerRuntime";

/** What is asked for images: a registry or one of its mirrors, where it is, and what is known of its certificate. */
interface Asked {
  readonly path: string;
  readonly url: string;
  readonly ca: string | undefined;
}

/** All registries and their mirrors whose URLs could be read. */
function* askedOf(draft: Draft): Generator<Asked> {
  for (const [name, { ca, server, mirrors }] of entriesOf(draft.containerRuntime.registries)) {
    const path = pathOf(section, "registries", name);
    yield { path: pathOf(path, "ca"), url: serverOf(name, server), ca };
    for (const [index, mirror] of itemsOf(mirrors))
      if (mirror.url !== undefined)
        yield { path: pathOf(path, "mirrors", index, "ca"), url: mirror.url, ca: mirror.ca };
  }
}

/** A registry behind the box's own web servers, whose certificate a host cannot know by itself, comes with its authority. */
export function* privateTls(draft: Draft): Generator<Violation> {
  if (!draft.written.has("webservers")) return;
  const { tls } = draft.webservers;
  if (tls?.issuedByBox !== false || (tls.certificate !== undefined && draft.certificate === undefined)) return;
  for (const { path, url, ca } of askedOf(draft)) {
    if (draft.refused.has(path)) continue;
    const host = hostAtEdge(draft, url);
    if (host === undefined) continue;
    const which = `the web servers show for ${host}`;
    if (draft.certificate === undefined) {
      const message = `is of no use: each web server shows a certificate of its own making for ${host}: give webservers.tls.certificate, or write issuedByBox: true there`;
      yield { path, message };
    } else if (ca === undefined && isPrivate(draft.certificate)) {
      const message =
        `is missing, and the certificate that ${which} is of a private authority: write that authority's certificate, ` +
        `or system where the hosts know it`;
      yield { path, message };
    }
  }
}

/**
 * Web servers serve all names below `*.`; of a certificate, clients take that for one step below, and only of a name that has two
 * or more itself.
 */
export function* issuedTls(draft: Draft): Generator<Violation> {
  if (draft.webservers.tls?.issuedByBox !== true) return;
  for (const { path, url, ca } of askedOf(draft)) {
    const host = hostAtEdge(draft, url);
    const [, ...parent] = host?.split(".") ?? [];
    const covering = [host, ...(parent.length > 1 ? [`*.${parent.join(".")}`] : [])];
    if (host === undefined || ca === "system" || draft.webservers.serverNames?.some((one) => covering.includes(one)))
      continue;
    const message = `is missing, and no client takes a certificate of *.NAME for ${host}: add "${host}" to webservers.serverNames`;
    yield { path, message };
  }
}

/** Whether what is asked there shows a certificate of the box's own authority. */
export function isIssuedByBox(draft: Draft, url: string): boolean {
  return draft.webservers.tls?.issuedByBox === true && hostAtEdge(draft, url) !== undefined;
}

/** The host of a URL that leads to the box's web servers. */
function hostAtEdge(draft: Draft, url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== "https:" || port !== "") return undefined;
  return draft.webservers.serverNames?.some((one) => one !== undefined && serves(one, hostname)) ? hostname : undefined;
}

function serves(serverName: string, host: string): boolean {
  return serverName.startsWith("*.") ? host.endsWith(serverName.slice(1)) : serverName === host;
}

/** Public authorities say in each certificate where their own is (Authority Information Access); private ones hardly ever. */
function isPrivate(chain: string): boolean {
  const [first = ""] = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const { infoAccess } = new X509Certificate(first);
  return infoAccess === undefined || infoAccess === "";
}
