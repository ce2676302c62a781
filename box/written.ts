import type { Draft } from "./draft.ts";
import type { Box } from "./model.ts";
import { findHostKey } from "./sections/connection/hostKeys.ts";
import { version } from "./version.ts";
import { BoxError } from "./violations.ts";

type Sections = Readonly<Record<string, unknown>>;

/** A box as plain data, the way that one stack hands it to another: as it was written, and by which version. */
export interface WrittenBox {
  readonly name: string;
  /** The version of Gatebox whose rules it keeps. */
  readonly gatebox: string;
  /** The sections of the stack file, with host keys and certificates in place of the files that hold them. */
  readonly configuration: Sections;
}

const configurations = new WeakMap<Box, Sections>();

/**
 * Keeps what a box was made from, for as long as there is the box.
 *
 * @internal
 */
export function remember(box: Box, values: Sections, draft: Draft): void {
  configurations.set(box, withoutFiles(box, values, draft));
}

/**
 * The configuration that a box was made from, with the contents of files in it. No secret is part of it.
 *
 * @throws BoxError when it was made by other means.
 */
export function configurationOf(box: Box): Sections {
  const configuration = configurations.get(box);
  if (configuration) return configuration;
  const message =
    "is not a box that this program has read: " +
    'write `readBox((await new pulumi.StackReference(STACK).getOutputDetails("box")).value)`';
  throw new BoxError("What was given as a box", [{ path: "box", message }]);
}

/**
 * What another stack needs to expose services of its own on a box: see `boxOutput`, which stacks export.
 *
 * @example writtenBox(box).name; // "protobox"
 */
export function writtenBox(box: Box): WrittenBox {
  return { name: box.name, gatebox: version, configuration: configurationOf(box) };
}

/** How a box that is one text begins: Pulumi shows text that is JSON as a tree of a thousand lines, and this in one. */
export const boxTextStart = "gatebox box ";

/**
 * `writtenBox` as one text, which a stack exports as `box`: a preview shows it in a line, and programs in any language hand it
 * on as it is.
 *
 * @example export const box = boxOutput(description);
 */
export function boxOutput(box: Box): string {
  return `${boxTextStart}${JSON.stringify(writtenBox(box))}`;
}

/** A registry or a mirror as it is written. */
interface WithAuthority {
  ca?: string;
  readonly mirrors?: readonly WithAuthority[];
}

function withoutFiles(box: Box, values: Sections, draft: Draft): Sections {
  const { hosts, connection, webservers, containerRuntime, controlPlane } = structuredClone(values) as {
    readonly hosts: Record<string, unknown>;
    readonly connection?: Record<string, unknown>;
    readonly webservers?: Record<string, unknown>;
    readonly containerRuntime?: { readonly registries?: Readonly<Record<string, WithAuthority>> };
    readonly controlPlane?: Record<string, unknown>;
  };
  for (const [name, { connection: reached }] of Object.entries(box.hosts)) {
    const { key } = findHostKey(draft, name);
    if (reached && key !== undefined) hosts[name] = { ...(hosts[name] as object), hostKey: key };
  }
  if (connection !== undefined) delete connection["knownHosts"];
  if (webservers !== undefined && draft.certificate !== undefined)
    webservers["tls"] = { certificate: draft.certificate };
  if (controlPlane !== undefined && draft.controlPlaneCa !== undefined) controlPlane["ca"] = draft.controlPlaneCa;
  for (const registry of Object.values(containerRuntime?.registries ?? {}))
    for (const one of [registry, ...(registry.mirrors ?? [])])
      if (one.ca !== undefined) one.ca = draft.authorities.get(one.ca) ?? one.ca;
  const written = { ...values, hosts, connection, webservers, containerRuntime, controlPlane };
  return Object.fromEntries(Object.entries(written).filter(([, section]) => section !== undefined));
}
