/** The whole `nginx.conf` of a web server at the edge. Written for nginx 1.22, the version of Debian 12. */
import { claimFamilies, claimNames } from "../../box/clientClaims.ts";
import type { Box, Webservers } from "../../box/model.ts";
import { originWideHeaders } from "../../box/nginxVocabulary.ts";
import { headBytes } from "../headBytes.ts";
import { wholeNumber } from "../scalars.ts";
import { tlsCiphers } from "../tlsCiphers.ts";
import { limitLines } from "./limits.ts";
import { ignoredHeaders, patience } from "./location.ts";
import { nginxServers } from "./servers.ts";

/** Where a web server keeps the pair that it made for itself; made once, never again, so that a client may pin it. */
export const trialTls = "/var/lib/gatebox/trial-tls";

/** Where nginx tells its own host of itself. */
export const nginxStatus = { address: "127.0.0.1", port: 8404, path: "/-/status" } as const;

/** Brings `more_clear_input_headers`; of package libnginx-mod-http-headers-more-filter. */
const headersMore = "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so";

export interface NginxBaseOptions extends Partial<Pick<Webservers, "unknownNames">> {
  /** The names that clients use. None: every name is served. */
  readonly serverNames: readonly string[];
  /** Addresses that are served like names, where names are declared. @default [] */
  readonly addresses?: readonly string[];
  /**
   * `given`: the box was given a certificate. `trial`: each host shows the pair that it made for itself; browsers are
   * then not asked to insist on HTTPS, since they would insist on a certificate that goes away.
   */
  readonly tls: "given" | "trial";
  readonly limits: Box["limits"];
  /** Whether clients come over IPv6 too. @default false */
  readonly ipv6?: boolean;
  /** How long connections of a configuration that has been replaced may go on, in minutes. @default 30 */
  readonly drainMinutes?: number;
}

/**
 * `nginx/nginx.conf`: everything but the routes, which are `nginx/upstreams/NAME.conf` and `nginx/locations/NAME.conf`
 * beside it (see `nginxUpstream`, `nginxLocation`).
 *
 * - A gateway that cannot be reached is left within a second and not tried for five; the request goes to the next. One
 *   that nginx has already sent is repeated only if its method is idempotent. An answer that merely takes long is not
 *   repeated at all: after five seconds nginx looks for no other gateway.
 * - What a client claims about itself is cleared by families of headers (see `clientClaims.ts`).
 * - A request for an unknown name is refused before anything else (see `nginxServers`); one for an unknown path gets a plain 404
 *   that names no program.
 * - What holds for all applications under a name is set here, whatever one of them sends. `X-Accel-Buffering` alone is heard:
 *   it concerns that very answer, and event streams need it.
 * - Answers of the applications keep their own other security headers; where they send none, moderate ones are added.
 * - The buffers take whatever HAProxy passes, so that no answer of a pod counts against a gateway.
 *
 * @example nginxBase({ serverNames: ["protobox.example"], tls: "trial", limits: box.limits })
 */
export function nginxBase(options: NginxBaseOptions): string {
  const drain = wholeNumber(options.drainMinutes ?? 30, 1, "drainMinutes of the web servers");
  const { limits } = options;
  const answerKb = headBytes(limits) / 1024;
  const waits = `${limits.answerSeconds + patience}s`;
  return `# A web server at the edge of the box. Its routes: upstreams/NAME.conf and locations/NAME.conf
load_module ${headersMore};
user www-data;
worker_processes auto;
worker_shutdown_timeout ${drain}m;
error_log /var/log/nginx/error.log warn;

events {
    worker_connections 16384;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 65s;
    reset_timedout_connection on;
    client_header_timeout ${limits.headerSeconds}s;
    client_body_timeout 60s;
    client_max_body_size ${limits.bodyMb}m;
    client_body_buffer_size 128k;
    client_header_buffer_size 1k;
    large_client_header_buffers 1 ${limits.headerKb}k;
    server_names_hash_bucket_size 512;
    map_hash_bucket_size 512;
    absolute_redirect off;
    log_not_found off;

    # Without the query, unless the stack wants it.
    map $request_uri $logged_path {
        default "-";
        "~^(?<path_alone>[^?#]+)" $path_alone;
    }
    log_format gatebox '$remote_addr [$time_iso8601] $scheme $host '
                       '"${limits.logQueries ? "$request" : "$request_method $logged_path $server_protocol"}" $status $body_bytes_sent '
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

    # The name that a request was let in by, with the port that the client wrote behind it.
    map "$host $http_host" $edge_host {
        default $host;
        "~*^(\\S+) (\\1:\\d+)$" $2;
    }

    # A location that passes upgrades on passes this protocol alone, and keeps its connections to the gateways alive for all
    # other requests. Locations of earlier versions know the second name.
    map $http_connection $asks_upgrade {
        default no;
        "~*(?:^|,)\\s*upgrade\\s*(?:,|$)" yes;
    }
    map "$server_protocol $request_method $asks_upgrade $http_upgrade" $edge_upgrade {
        default '';
        "~*^HTTP/1\\.1 GET yes websocket$" websocket;
    }
    map $edge_upgrade $connection_upgrade {
        default upgrade;
        ''      '';
    }

    # What a client claims about itself. nginx drops names with "_" and "." by itself.
${clearedLines()}
    # Headers that an application already sends stay as they are.
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
    # HTTPS is insisted on only with a real certificate.
    map '' $edge_strict_transport {
        default ${options.tls === "given" ? "max-age=31536000" : "''"};
    }
    add_header X-Content-Type-Options $edge_content_type_options always;
    add_header X-Frame-Options $edge_frame_options always;
    add_header Referrer-Policy $edge_referrer_policy always;
    add_header Strict-Transport-Security $edge_strict_transport always;

    # What holds for every application under a name.
${originWideHeaders.map((header) => `    proxy_hide_header ${header};\n`).join("")}    proxy_ignore_headers ${ignoredHeaders};

    proxy_http_version 1.1;
    proxy_connect_timeout 1s;
    proxy_send_timeout ${waits};
    proxy_read_timeout ${waits};
    proxy_next_upstream error timeout;
    proxy_next_upstream_timeout 5s;
    proxy_buffer_size ${answerKb}k;
    proxy_buffers ${Math.ceil(answerKb / 16) + 8} 16k;
    proxy_busy_buffers_size ${answerKb}k;

${limitLines(limits)}
    include upstreams/*.conf;

${nginxServers(options)}
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

/** Some to a line, as a person would break them. */
function clearedLines(): string {
  const patterns = [...claimFamilies.map((family) => `${family}*`), ...claimNames].map((one) => `'${one}'`);
  const lines: string[] = [];
  for (const pattern of patterns) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + pattern.length < 110) lines[lines.length - 1] = `${last} ${pattern}`;
    else lines.push(pattern);
  }
  return `    more_clear_input_headers\n${lines.map((line) => `        ${line}`).join("\n")};\n`;
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
