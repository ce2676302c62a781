import { honestNames } from "../../box/clientClaims.ts";
import { familyOf, isAddress } from "../scalars.ts";
import type { NginxBaseOptions } from "./base.ts";
import { variableName } from "./params.ts";

/** Answers 200 on every web server over HTTPS; for probes and for health checks in front of the web servers. */
export const webserverHealthPath = "/-/healthz";

const dnsName = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** Returns `value` if it is a DNS name (a leading `*.` is allowed) or an IPv4 address. */
export function serverName(value: string): string {
  if (isAddress(value) || dnsName.test(value)) return value;
  throw new Error(`serverNames of the web servers: ${JSON.stringify(value)} is not a DNS name`);
}

/**
 * The servers of the edge. Where names are declared, what asks for another name (by `Host`, by the request line or by SNI) finds a
 * server that has nothing but the health path; without names every name is served.
 */
export function nginxServers(options: NginxBaseOptions): string {
  const names = servedNames(options);
  if (names.length === 0) return [redirecting(options, "_", true), serving(options, "_", true)].join("\n");
  const named = names.join(" ");
  return [sniMap(names), refusing(options), redirecting(options, named, false), serving(options, named, false)].join(
    "\n",
  );
}

function servedNames({ serverNames, addresses = [] }: NginxBaseOptions): string[] {
  const names = serverNames.map(serverName);
  if (names.length === 0) return [];
  return [
    ...new Set([
      ...names,
      ...addresses.map((one) => (familyOf(one, "address of the web server") === 6 ? `[${one}]` : one)),
    ]),
  ];
}

// A client that names no server in its handshake is judged by its request alone.
function sniMap(names: readonly string[]): string {
  const known = names.filter((one) => !one.startsWith("[")).map((one) => `        ${one} known;\n`);
  return `    map $ssl_server_name $server_asked_for {
        hostnames;
        default unknown;
        ''      known;
${known.join("")}    }
`;
}

/** A socket of each family: one for both would take the port that the other has. */
function listen({ ipv6 = false }: NginxBaseOptions, rest: string, isDefault: boolean): string {
  const [port = "", ...flags] = rest.split(" ");
  const first = isDefault ? " default_server" : "";
  const tail = flags.length > 0 ? ` ${flags.join(" ")}` : "";
  const six = ipv6 ? `        listen [::]:${port}${tail}${first}${isDefault ? " ipv6only=on" : ""};\n` : "";
  return `        listen ${port}${tail}${first};\n${six}`;
}

function redirecting(options: NginxBaseOptions, named: string, isDefault: boolean): string {
  return `    server {
${listen(options, "80", isDefault)}        server_name ${named};
        return 308 https://$host$request_uri;
    }
`;
}

const misdirected = `        location @misdirected {
            default_type text/plain;
            return 421 "This server does not serve that name.\\n";
        }
`;

function refusing(options: NginxBaseOptions): string {
  const answer = options.unknownNames === "close" ? "return 444;" : "return 421;";
  return `    # Any other name.
    server {
${listen(options, "80", true)}        server_name _;
        error_page 421 @misdirected;
        error_page 414 494 =431 /-/too-large;

        location / {
            ${answer}
        }

${tooLarge(options)}
${misdirected}    }

    server {
${listen(options, "443 ssl http2", true)}        server_name _;
        include tls/*.conf;
        error_page 421 @misdirected;
        error_page 414 494 =431 /-/too-large;

        location / {
            ${answer}
        }

${tooLarge(options)}
${health}
${misdirected}    }
`;
}

const health = `        location = ${webserverHealthPath} {
            access_log off;
            default_type text/plain;
            return 200 "ok\\n";
        }
`;

// Not a named location: a request whose first line is too long has no path yet, and such a location would answer it with 500.
function tooLarge({ limits }: NginxBaseOptions): string {
  return `        location = /-/too-large {
            internal;
            default_type text/plain;
            return 431 "The head of this request is larger than ${limits.headerKb} kB.\\n";
        }
`;
}

/** What a client sends that claims nothing though its family does, taken down before the family is cleared. */
function honestLines(): string {
  const lines = honestNames.map(variableName).map((one) => `        set $client_${one} $http_${one};\n`);
  return lines.join("");
}

function serving(options: NginxBaseOptions, named: string, isDefault: boolean): string {
  const sni = isDefault
    ? ""
    : `        error_page 421 @misdirected;
        if ($server_asked_for = unknown) {
            ${options.unknownNames === "close" ? "return 444;" : "return 421;"}
        }
`;
  return `    server {
${listen(options, "443 ssl http2", isDefault)}        server_name ${named};
        include tls/*.conf;
        root /nonexistent;
        error_page 404 @nowhere;
        error_page 414 494 =431 /-/too-large;
        error_page 429 @busy;
${sni}${honestLines()}
        location @nowhere {
            default_type text/plain;
            return 404 "There is no service at this address.\\n";
        }

${tooLarge(options)}
        location @busy {
            default_type text/plain;
            add_header Retry-After 1 always;
            return 429 "Too many requests from your address at once. Try again in a moment.\\n";
        }

${isDefault ? "" : `${misdirected}\n`}${health}
        include locations/*.conf;
    }
`;
}
