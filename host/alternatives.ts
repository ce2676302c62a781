/** The names that a certificate is for (RFC 5280, 4.2.1.6). */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { der, sequence } from "./der.ts";
import { extension } from "./x509.ts";

/** subjectAltName: host names and addresses. */
export function alternatives(names: readonly string[]): Buffer {
  if (names.length === 0) throw new Error("a certificate of servers needs a name or an address");
  const one = (name: string): Buffer =>
    isIP(name) === 0 ? der(0x82, Buffer.from(name)) : der(0x87, Buffer.from(ipaddr.parse(plain(name)).toByteArray()));
  return extension("551d11", sequence(...[...new Set(names)].map(one)));
}

/** An address without an IPv4 one at its end, which ipaddr.js takes for a mapped one where it is not (`::192.0.2.1`). */
function plain(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
