/** The end of connections to servers that have fallen silent: what the programs that proxy cannot see in time. */
import { cidr } from "./scalars.ts";

/** The assemblies that pass requests on over connections which they keep. */
export type Proxying = "gateway" | "webserver";

/** The unit's name; see {@link stalledService}. */
export function stalledUnit(assembly: Proxying): string {
  return `gatebox-stalled-${assembly}.service`;
}

/** The programs that do, by their names in `/proc/PID/comm`. */
const programs: Readonly<Record<Proxying, string>> = { gateway: "haproxy", webserver: "nginx" };

/**
 * `scripts/stalled`: five times a second, ends connections that the program has to servers of `network` on which sent data
 * has not even been received: sent again twice (after 0.2 and 0.6 s) and still not acknowledged. Whoever waits for an answer
 * on one asks the next server then. Connections of other programs, and those that were made to this host, are left alone.
 *
 * A new connection has a limit of its own (`proxy_connect_timeout`, `timeout connect`). One that is kept has none: a
 * server that loses its power closes nothing, and each kept connection would hold one request until its read timeout,
 * a minute or more. nginx cannot set TCP_USER_TIMEOUT; HAProxy can, but that also ends uploads to an application that
 * pauses for as long. Here such a connection is left alone: its receiver acknowledges, and the timer is another one.
 *
 * It needs a kernel with CONFIG_INET_DIAG_DESTROY; without it nothing is ended.
 *
 * @param network where the servers are, in CIDR notation
 */
export function stalledScript(assembly: Proxying, network: string): string {
  return `#!/bin/sh
# Ends connections to servers that no longer receive what is sent to them.
set -u
# The kernel gives these ports to connections that are made from here.
first=$(cut -f 1 /proc/sys/net/ipv4/ip_local_port_range)
servers="dst ${cidr(network, "network of the servers")} and sport >= :$first"
while sleep 0.2; do
  ss -Hnto state established "$servers" |
    awk '{ split($NF, timer, /[(,)]/) } timer[1] == "timer:" && timer[2] == "on" && timer[4] >= 2 { print $3, $4 }' |
    while read -r local peer; do
      # Asked only now: it takes a look at all processes.
      ss -Hntp state established "src $local and dst $peer" | grep -qF '(("${programs[assembly]}",' || continue
      echo "$peer does not receive what $local sends; ending the connection"
      ss -HntK state established "src $local and dst $peer" >/dev/null
    done
done
`;
}

/** `systemd/gatebox-stalled-<assembly>.service`: comes with the program whose connections it watches. */
export function stalledService(assembly: Proxying): string {
  return `[Unit]
Description=Gatebox: ends connections to servers that have fallen silent
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh /etc/gatebox/${assembly}/scripts/stalled
KillMode=process
TimeoutStopSec=5
Nice=-10
Restart=always
RestartSec=200ms
`;
}

/** The part of `lifecycle/activate` that starts it, again where the script is another one. Needs `$notes` and `fail`. */
export function stalledActivate(assembly: Proxying): string {
  const unit = stalledUnit(assembly);
  return `stalled_started_with() {
  cat "$CURRENT/systemd/${unit}" "$CURRENT/scripts/stalled"
}
if ! systemctl is-active --quiet ${unit} ||
  ! stalled_started_with | cmp -s - "$notes/stalled.started-with"; then
  systemctl restart ${unit} || fail 'the service ${unit} does not start'
  stalled_started_with >"$notes/stalled.started-with"
fi
`;
}
