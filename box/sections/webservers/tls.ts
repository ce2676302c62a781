import type { Draft } from "../../draft.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** A certificate is given or issued by the box, and an issued one is made out to somebody. */
export function* issuedCertificate({ webservers }: Draft): Generator<Violation> {
  const { tls, serverNames, serveAddresses } = webservers;
  if (tls?.issuedByBox !== true) return;
  const path = pathOf("webservers", "tls", "issuedByBox");
  if (tls.certificate !== undefined)
    yield { path, message: "is true, and webservers.tls.certificate is given: write one of them" };
  if (serverNames?.length === 0 && serveAddresses === false)
    yield { path, message: "has nothing to make a certificate out to: write serverNames, or serveAddresses: true" };
}
