/** The base configuration of HAProxy on a gateway. Written for HAProxy 2.6, the version of Debian 12. */
import type { Box } from "../../box/model.ts";
import { headBytes, reserveKb } from "../headBytes.ts";
import { endpoint, wholeNumber } from "../scalars.ts";
import { tls13Ciphers, tlsCiphers } from "../tlsCiphers.ts";
import { claimRules, upgradeRules } from "./claims.ts";
import { metricsFrontend } from "./metrics.ts";

/** The worker's own command line, for `show stat`, `show servers state` and the like. */
export const haproxyAdminSocket = "/run/haproxy/admin.sock";

/**
 * How long connections of a configuration that has been replaced may go on, in minutes. After a reload the previous
 * process serves what it has (a WebSocket, a download); then it ends.
 */
export const defaultDrainMinutes = 30;

export interface HaproxyBaseOptions {
  /** The gateway's own address on the box network. Metrics are answered there and nowhere else. */
  readonly metricsAddress: string;
  readonly metricsPort: number;
  /** Addresses of the web servers on the gateway network. */
  readonly webservers: readonly string[];
  readonly limits: Box["limits"];
  /** See {@link defaultDrainMinutes}. */
  readonly drainMinutes?: number;
}

/**
 * `haproxy/base.cfg`: what all routes share. Each route is a file of its own beside it (see `haproxyRoute`) and takes
 * its defaults from here by name, so both are loaded together:
 * `haproxy -Ws -f haproxy/base.cfg -f haproxy/routes`.
 *
 * - `maxconn` and `nbthread` stay unset: HAProxy derives them from the file limit of its service and from the CPUs.
 * - It logs to `/dev/log`, not to its standard output: a datagram that the journal has no room for is dropped, where a
 *   full pipe would hold up requests. `journalctl -u haproxy` shows both.
 * - Who asks whether the gateway is well, or for its metrics, is not logged: that is several times a second.
 * - A request that meets a dead server is sent to another one, after half a second where the server says nothing: the
 *   web servers are to have their answer in a little more than a second, and may have lost half of that already. A
 *   connection that was never made may always be made again; a request that was sent is repeated only if its method says
 *   that this does no harm.
 * - An answer that a pod spoils is 502, so that nginx blames no gateway, but where it ends within its head on a kept connection of
 *   nginx: HAProxy 2.6 closes that one for the client to repeat its request (`TX_NOT_FIRST` in its source), before any rule for
 *   answers is asked. Neither `retry-on`, `http-reuse` nor `option http-server-close` changes it; connections of nginx that are
 *   not kept would, at a quarter of the requests per second.
 * - Idle connections of the web servers survive a reload (`idle-close-on-response`), so that none of their requests
 *   runs into a closing connection.
 *
 * - Its buffers hold the largest head that the web servers take, and its header table as many headers as fit in one.
 *
 * @example haproxyBase({ metricsAddress: "192.168.1.11", metricsPort: 8405, webservers: ["192.168.2.1"], limits: box.limits })
 */
export function haproxyBase(options: HaproxyBaseOptions): string {
  const metrics = endpoint(options.metricsAddress, options.metricsPort, "metrics of the gateway");
  const drain = wholeNumber(options.drainMinutes ?? defaultDrainMinutes, 1, "drainMinutes of the gateway");
  return `# What all routes of this gateway share. One file per route: routes/PORT.cfg
global
    log /dev/log local0
    chroot /var/lib/haproxy
    user haproxy
    group haproxy
    stats socket ${haproxyAdminSocket} mode 660 level admin expose-fd listeners
    stats timeout 30s
    hard-stop-after ${drain}m
    mworker-max-reloads 50
    spread-checks 5
    tune.bufsize ${headBytes(options.limits)}
    tune.maxrewrite ${(reserveKb * 1024) / 2}
    tune.http.maxhdr 1000
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers ${tlsCiphers}
    ssl-default-bind-ciphersuites ${tls13Ciphers}
    ssl-default-server-options ssl-min-ver TLSv1.2
    ssl-default-server-ciphers ${tlsCiphers}
    ssl-default-server-ciphersuites ${tls13Ciphers}

# The web servers decide how long an answer may take; the limits here are above theirs.
defaults gatebox-http
    mode http
    log global
    option dontlognull
    option idle-close-on-response
    timeout http-request 10s
    timeout http-keep-alive 75s
    timeout client 10m
    timeout client-fin 30s
    timeout queue 5s
    timeout connect 500ms
    timeout check 1s
    timeout server 10m
    timeout server-fin 30s
    timeout tunnel 1h

defaults gatebox-http-requests from gatebox-http
    log-format "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq ${requestLine(options.limits)}"

# What clients claim about themselves does not pass, nor does a change of protocol. A route that lets more through says all of it
# itself.
defaults gatebox-http-frontend from gatebox-http-requests
${[...claimRules(options.webservers), ...upgradeRules(false)]
  .map(
    (rule) => `    ${rule}
`,
  )
  .join("")}
defaults gatebox-http-backend from gatebox-http
    retries 3
    option redispatch 1
    retry-on conn-failure empty-response
    http-request disable-l7-retry unless { method GET HEAD OPTIONS }
    # nginx would blame the gateway for it.
    http-response deny status 502 if { res.hdrs -m reg '\\x00' }
    default-server check observe layer4 error-limit 5 on-error fastinter on-marked-down shutdown-sessions init-addr last,libc,none

defaults gatebox-tcp
    mode tcp
    log global
    option dontlognull
    option clitcpka
    option srvtcpka
    option redispatch 1
    retries 3
    timeout client 1m
    timeout client-fin 30s
    timeout queue 5s
    timeout connect 500ms
    timeout check 1s
    timeout server 1m
    timeout server-fin 30s
    timeout tunnel 1h
    default-server check observe layer4 error-limit 5 on-error fastinter on-marked-down shutdown-sessions init-addr last,libc,none

${metricsFrontend("gatebox-http", metrics)}`;
}

/** The request in a line of the log: without its query, unless the stack wants that. */
export function requestLine({ logQueries }: Box["limits"]): string {
  return logQueries ? "%{+Q}r" : '\\"%HM %HPO %HV\\"';
}
