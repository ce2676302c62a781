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
  /** The sections of the stack file, with host keys and the certificate in place of the files that hold them. */
  readonly configuration: Sections;
}

const configurations = new WeakMap<Box, Sections>();

/** Keeps what a box was made from, for as long as there is the box. */
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
 * What another stack needs to expose services of its own on a box: export it as `box`, and let the other stack read it with
 * `readBox`.
 *
 * @example export const box = writtenBox(description);
 */
export function writtenBox(box: Box): WrittenBox {
  return { name: box.name, gatebox: version, configuration: configurationOf(box) };
}

function withoutFiles(box: Box, values: Sections, draft: Draft): Sections {
  const { hosts, connection, webservers } = structuredClone(values) as Readonly<
    Record<"hosts" | "connection" | "webservers", Record<string, unknown>>
  >;
  for (const [name, { connection: reached }] of Object.entries(box.hosts)) {
    if (reached) hosts[name] = { ...(hosts[name] as object), hostKey: findHostKey(draft, name).key };
  }
  delete connection["knownHosts"];
  if (draft.certificate !== undefined) webservers["tls"] = { certificate: draft.certificate };
  return { ...values, hosts, connection, webservers };
}
