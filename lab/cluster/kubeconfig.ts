/** Text of kubeconfig files. */
import type { KeyPair } from "./pki.ts";

/** Where an API is and who speaks to it. */
export interface Access {
  /** URL of the API. */
  readonly server: string;
  /** Who its certificate is asked for where that is another name than the URL's host. */
  readonly serverName?: string | undefined;
  /** Certificate of the authority, PEM. */
  readonly authority: string;
  readonly client: KeyPair;
}

/**
 * A kubeconfig with everything inside, in JSON, which every reader of YAML reads.
 *
 * @example
 * kubeconfig({ server: "https://192.168.1.21:6443", authority: ca.certificate, client: admin });
 */
export function kubeconfig({ server, serverName, authority, client }: Access): string {
  const cluster = {
    server,
    ...(serverName === undefined ? {} : { "tls-server-name": serverName }),
    "certificate-authority-data": base64(authority),
  };
  const document = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster }],
    users: [
      {
        name: "lab",
        user: { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.key) },
      },
    ],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    "current-context": "lab",
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
