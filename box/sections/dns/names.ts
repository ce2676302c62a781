/** Names that a box may answer for, and those that are somebody else's. */
import { parse } from "tldts";
import { z } from "zod";
import { isAddress } from "../../ipv4.ts";

/** Lower-case labels of letters, digits and "-" (RFC 1123, 2.1). */
const hostName = /^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Names with a meaning of their own (RFC 6761, RFC 6762, RFC 7686): resolvers never ask a server of the box for them. */
const special: Readonly<Record<string, string>> = {
  local: "multicast DNS asks every machine of the link for (RFC 6762)",
  localhost: "is each machine itself (RFC 6761)",
  invalid: "never exists (RFC 6761)",
  onion: "belongs to Tor (RFC 7686)",
  arpa: "belongs to the Internet's own plumbing (RFC 3172): reverse records are made by themselves",
};

/**
 * Says why a box cannot answer for a name and all below it, or nothing.
 *
 * @example ownNameFault("co.uk"); // "is a public suffix (publicsuffix.org), …"
 */
export function ownNameFault(name: string): string | undefined {
  if (isAddress(name)) return "is an address, not a name";
  const last = name.split(".").at(-1) ?? "";
  if (Object.hasOwn(special, last)) return `lies in .${last}, which ${special[last] ?? ""}: choose another`;
  // A top-level name that the list lacks is a suffix by its default rule, and nobody's: neither flag is set.
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  if (publicSuffix !== name || (isIcann !== true && isPrivate !== true)) return undefined;
  return "is a public suffix (publicsuffix.org), so the box would hide the names of strangers below it: choose a name of your own";
}

const text = z.string().max(253, "is not a name that DNS takes: it is longer than 253 characters").regex(hostName, {
  error:
    'is not a name that DNS takes: write lower-case labels of letters, digits and "-", at most 63 each, joined by dots',
  abort: true,
});

/** The name of a domain that is asked elsewhere. */
export const foreignName = text;

/** A name that the box itself answers for. */
export const ownName = text.superRefine((name, context) => {
  const fault = ownNameFault(name);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

/** The name of a record: one without a dot is in the box's own domain, whatever the Internet has of that name. */
export const recordName = text.superRefine((name, context) => {
  const fault = name.includes(".")
    ? ownNameFault(name)
    : name === "localhost"
      ? "is each machine itself (RFC 6761)"
      : undefined;
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});
