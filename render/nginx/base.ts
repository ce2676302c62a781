/** The whole `nginx.conf` of a web server at the edge. Written for nginx 1.22, the version of Debian 12. */
import { isAddress, wholeNumber } from "../scalars.ts";
import { tlsCiphers } from "../tlsCiphers.ts";

/** Where a web server keeps the pair that it made for itself; made once, never again, so that a client may pin it. */
export const trialTls = "/var/lib/gatebox/trial-tls";

/** Answers 200 on every web server over HTTPS; for probes and for health checks in front of the web servers. */
export const webserverHealthPath = "/-/healthz";

/** Where nginx tells its own host of itself. */
export const nginxStatus = { address: "127.0.0.1", port: 8404, path: "/-/status" } as const;

export interface NginxBaseOptions {
  /** The names that clients use. Other names and plain addresses are served as well. */
  readonly serverNames: readonly string[];
  /**
   * `given`: the box was given a certificate. `trial`: each host shows the pair that it made for itself; browsers are
   * then not asked to insist on HTTPS, since they would insist on a certificate that goes away.
   */
  readonly tls: "given" | "trial";
  /** Whether clients come over IPv6 too. @default false */
  readonly ipv6?: boolean;
  /** How long connections of a configuration that has been replaced may go on, in minutes. @default 30 */
  readonly drainMinutes?: number;
}

const dnsName = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** Returns `value` if it is a DNS name (a leading `*.` is allowed) or an IPv4 address. */
export function serverName(value: string): string {
  if (isAddress(value) || dnsName.test(value)) return value;
  throw new Error(`serverNames of the web servers: ${JSON.stringify(value)} is not a DNS name`);
}

/**
 * `nginx/nginx.conf`: everything but the routes, which are `nginx/upstreams/NAME.conf` and `nginx/locations/NAME.conf`
 * beside it (see `nginxUpstream`, `nginxLocation`).
 *
 * - A gateway that cannot be reached is left within a second and not tried for five; the request goes to the next. One
 *   that nginx has already sent is repeated only if its method is idempotent. An answer that merely takes long is not
 *   repeated at all: after five seconds nginx looks for no other gateway.
 * - A request for an unknown path gets a plain 404 that names no program.
 * - Answers of the applications keep their own security headers; where they send none, moderate ones are added.
 *
 * @example nginxBase({ serverNames: ["protobox.example"], tls: "trial" })
 */
export function nginxBase(options: NginxBaseOptions): string {
  const names = options.serverNames.map(serverName);
  const drain = wholeNumber(options.drainMinutes ?? 30, 1, "drainMinutes of the web servers");
  const named = names.length > 0 ? names.join(" ") : "_";
  // A socket of each family: one for both would take the port that the other has.
  const six = (rest: string): string => (options.ipv6 ? `        listen [::]:${rest} ipv6only=on;\n` : "");
  const insist = options.tls === "given" ? "max-age=15768000" : "''";
  return `# A web server at the edge of the box. Its routes: upstreams/NAME.conf and locations/NAME.conf
user www-data;
worker_processes auto;
worker_shutdown_timeout ${drain}m;
error_log /var/log/nginx/error.log warn;

events {
    worker_connections 8192;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 65s;
    reset_timedout_connection on;
    client_header_timeout 15s;
    client_body_timeout 60s;
    client_max_body_size 100m;
    large_client_header_buffers 4 16k;
    server_names_hash_bucket_size 128;
    absolute_redirect off;
    log_not_found off;

    log_format gatebox '$remote_addr [$time_iso8601] $scheme $host "$request" $status $body_bytes_sent '
                       'in $request_time via "$upstream_addr" "$upstream_status" '
                       'connect "$upstream_connect_time" answer "$upstream_response_time" "$http_user_agent"';
    access_log /var/log/nginx/access.log gatebox buffer=32k flush=1s;

    # The pair that this host made for itself; tls/pair.conf, where there is one, takes its place.
    ssl_certificate ${trialTls}/certificate.pem;
    ssl_certificate_key ${trialTls}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ${tlsCiphers};
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:gatebox_tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

    # A location that passes upgrades on keeps its connections to the gateways alive for all other requests.
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      '';
    }

    # Headers that an application already sends stay as they are. (HTTPS is insisted on only with a real certificate.)
    map $upstream_http_strict_transport_security $edge_strict_transport {
        default '';
        ''      ${insist};
    }
    map $upstream_http_x_content_type_options $edge_content_type_options {
        default '';
        ''      nosniff;
    }
    map $upstream_http_x_frame_options $edge_frame_options {
        default '';
        ''      SAMEORIGIN;
    }
    map $upstream_http_referrer_policy $edge_referrer_policy {
        default '';
        ''      strict-origin-when-cross-origin;
    }
    add_header X-Content-Type-Options $edge_content_type_options always;
    add_header X-Frame-Options $edge_frame_options always;
    add_header Referrer-Policy $edge_referrer_policy always;
    add_header Strict-Transport-Security $edge_strict_transport always;

    proxy_http_version 1.1;
    proxy_connect_timeout 1s;
    proxy_send_timeout 60s;
    proxy_read_timeout 60s;
    proxy_next_upstream error timeout;
    proxy_next_upstream_timeout 5s;

    include upstreams/*.conf;

    server {
        listen 80 default_server;
${six("80 default_server")}        server_name ${named};
        return 308 https://$host$request_uri;
    }

    server {
        listen 443 ssl http2 default_server;
${six("443 ssl http2 default_server")}        server_name ${named};
        include tls/*.conf;
        root /nonexistent;
        error_page 404 @nowhere;

        location @nowhere {
            default_type text/plain;
            return 404 "There is no service at this address.\\n";
        }

        location = ${webserverHealthPath} {
            access_log off;
            default_type text/plain;
            return 200 "ok\\n";
        }

        include locations/*.conf;
    }

    # For the host itself: connections and requests, as counted by nginx.
    server {
        listen ${nginxStatus.address}:${nginxStatus.port};
        access_log off;

        location = ${nginxStatus.path} {
            stub_status;
        }
    }
}
`;
}

/**
 * `nginx/tls/pair.conf`: makes the pair beside it the one that is shown. It comes and goes with the pair, so the base
 * can be checked without a key and a new pair is taken in one step.
 */
export function nginxTlsPair(): string {
  return `ssl_certificate tls/certificate.pem;
ssl_certificate_key tls/key.pem;
`;
}
