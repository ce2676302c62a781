/**
 * The last gate before a value becomes part of a configuration file. The model has been checked long before; what is
 * refused here can only come from a mistake in a program that calls `render/`, so each of these throws.
 */

/** The name of a thing as HAProxy, nginx and nftables all take it unquoted. */
const plainName = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

const byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipv4 = new RegExp(`^${byte}(?:\\.${byte}){3}$`);
const ipv4Network = new RegExp(`^${byte}(?:\\.${byte}){3}/(?:3[0-2]|[12]?[0-9])$`);

function refuse(what: string, value: unknown, rule: string): never {
  throw new Error(`${what}: ${JSON.stringify(value)} ${rule}`);
}

/**
 * Returns `value` if it is a plain name.
 * @throws Error that names `what`, the value and the rule.
 * @example name("argocd", "route") // "argocd"
 */
export function name(value: string, what: string): string {
  return plainName.test(value) ? value : refuse(what, value, "is not a plain name (letters, digits, . _ -)");
}

/** Whether `value` is an IPv4 address in dotted form. */
export function isAddress(value: string): boolean {
  return ipv4.test(value);
}

/** 4 or 6. @throws Error when `value` is neither an IPv4 nor an IPv6 address. */
export function familyOf(value: string, what: string): 4 | 6 {
  if (isAddress(value)) return 4;
  if (/^[0-9A-Fa-f:]+$/.test(value) && URL.canParse(`http://[${value}]/`)) return 6;
  return refuse(what, value, "is not an IP address");
}

/**
 * Returns `value` if it is an IPv4 address that a server can listen on or be reached at. `0.0.0.0` is refused: a
 * listener on all networks would open what the border closes.
 */
export function address(value: string, what: string): string {
  if (!isAddress(value)) return refuse(what, value, "is not an IPv4 address");
  return value === "0.0.0.0" ? refuse(what, value, "means every network; give the address on one network") : value;
}

/** Returns `value` if it is a port number from 1 to 65535. */
export function port(value: number, what: string): number {
  return Number.isInteger(value) && value >= 1 && value <= 65535
    ? value
    : refuse(what, value, "is not a port, 1–65535");
}

/** `address:port`. */
export function endpoint(host: string, portNumber: number, what: string): string {
  return `${address(host, what)}:${port(portNumber, what)}`;
}

/** Returns `value` if it is the name of a Linux network interface (at most 15 bytes, `IFNAMSIZ` in linux/if.h). */
export function networkInterface(value: string, what: string): string {
  return /^[A-Za-z0-9_.-]{1,15}$/.test(value) ? value : refuse(what, value, "is not an interface name (15 characters)");
}

/** Returns `value` if it is an IPv4 network in CIDR notation. */
export function cidr(value: string, what: string): string {
  return ipv4Network.test(value) ? value : refuse(what, value, "is not an IPv4 network in CIDR notation");
}

/** Returns `value` if it is an IPv6 prefix. */
export function prefix6(value: string, what: string): string {
  const [first = "", length = ""] = value.split("/");
  const fits = /^\d{1,3}$/.test(length) && Number(length) <= 128 && !isAddress(first);
  return fits && familyOf(first, what) === 6 ? value : refuse(what, value, "is not an IPv6 prefix");
}

/** Returns `value` if it is a whole number of at least `least`. */
export function wholeNumber(value: number, least: number, what: string): number {
  return Number.isInteger(value) && value >= least
    ? value
    : refuse(what, value, `is not a whole number from ${least} up`);
}

/** The entry of `record` for `key`; the model has one, or a host was passed that does not belong there. */
export function entry<T>(record: Readonly<Record<string, T>>, key: string, what: string): T {
  const found = Object.hasOwn(record, key) ? record[key] : undefined;
  if (found === undefined) throw new Error(`${what}: there is none for ${JSON.stringify(key)}`);
  return found;
}
