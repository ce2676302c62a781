/** Until when certificates that a host shows are valid, for monitoring. Whoever shows one has OpenSSL among its packages. */
import type { MetricsSource } from "../assembly.ts";
import { script } from "../script.ts";

/** The name of that source, whose list names all certificates of a host. */
export const certificatesSource = "certificates";

/**
 * The source of `gatebox_certificate_not_after_timestamp_seconds` for one certificate.
 *
 * @param files where it may stand, in PEM; the first that is there is shown
 * @throws Error for a path that cannot stand in a list
 * @example shownCertificate(["/etc/gatebox/webserver/nginx/tls/certificate.pem"])
 */
export function shownCertificate(files: readonly string[]): MetricsSource {
  for (const file of files)
    if (!/^(?:\/[A-Za-z0-9_.-]+)+$/.test(file)) throw new Error(`${file} is no plain absolute path of a certificate`);
  return {
    name: certificatesSource,
    script: script(import.meta.dirname, "metrics.pl"),
    list: [files.join(" ")],
    every: 300,
    after: files,
  };
}
