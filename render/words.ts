/**
 * The last gate before a value becomes part of a configuration file. The model has been checked long before; what is
 * refused here can only come from a mistake in a program that calls `render/`, so each of these throws.
 */
import { isIP } from "node:net";

/** The name of a thing as HAProxy, nginx and nftables all take it unquoted. */
const plainName = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

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

/**
 * Returns `value` if it is one IPv4 or IPv6 address that a server can listen on or be reached at; the addresses that
 * mean "any" are refused, because a listener on all networks would open what the border closes.
 */
export function address(value: string, what: string): string {
  if (isIP(value) === 0) return refuse(what, value, "is not an IP address");
  if (/^[0.:]+$/.test(value)) return refuse(what, value, "means every network; give the address on one network");
  return value;
}

/** Returns `value` if it is a port number from 1 to 65535. */
export function port(value: number, what: string): number {
  return Number.isInteger(value) && value >= 1 && value <= 65535 ? value : refuse(what, value, "is not a port, 1–65535");
}

/** `address:port`, with the brackets that an IPv6 address needs. */
export function endpoint(host: string, portNumber: number, what: string): string {
  const checked = address(host, what);
  return `${isIP(checked) === 6 ? `[${checked}]` : checked}:${port(portNumber, what)}`;
}

/** Returns `value` if it is the name of a Linux network interface (at most 15 bytes, see `IFNAMSIZ` in if.h). */
export function networkInterface(value: string, what: string): string {
  return /^[A-Za-z0-9_.-]{1,15}$/.test(value) ? value : refuse(what, value, "is not an interface name (at most 15 characters)");
}

/** Returns `value` if it is a network in CIDR notation. */
export function cidr(value: string, what: string): string {
  const [network = "", length = "", ...rest] = value.split("/");
  const family = isIP(network);
  const longest = family === 6 ? 128 : 32;
  const ok = family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= longest;
  return ok ? value : refuse(what, value, "is not a network in CIDR notation");
}

/** Returns `value` if it is a whole number of at least `least`. */
export function wholeNumber(value: number, least: number, what: string): number {
  return Number.isInteger(value) && value >= least ? value : refuse(what, value, `is not a whole number of at least ${least}`);
}
