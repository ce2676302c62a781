/** The configuration of the load balancer of the Kubernetes API. Written for HAProxy 2.6, the version of Debian 12. */
import type { ControlPlane } from "../../box/model.ts";
import { metricsFrontend } from "../haproxy/metrics.ts";
import { notesOf } from "../places.ts";
import { address, endpoint, name, wholeNumber } from "../scalars.ts";
import { tls13Ciphers, tlsCiphers } from "../tlsCiphers.ts";
import { controlPlaneName } from "./service.ts";

const notes = notesOf(controlPlaneName);

/** The worker's own command line. */
export const controlPlaneAdminSocket = `${notes}/admin.sock`;

/**
 * `haproxy/base.cfg`: what does not depend on the masters, and the host's own health.
 *
 * - Health is that of this process, and nothing that stands behind it: a virtual IP that followed the API servers would wander
 *   between hosts whenever these are overloaded or recovering, and end every session each time.
 * - Sessions may be silent for a day: watches, `kubectl logs -f` and `kubectl exec` are. A peer that is gone is found by TCP's
 *   keepalive, in 20 seconds that of an API server, in a minute that of a client.
 * - After a reload the replaced process keeps its sessions for as long. `scripts/sessions` ends those that lead nowhere.
 */
export function controlPlaneBase(own: string, metricsPort: number): string {
  const metrics = endpoint(own, metricsPort, "health of the load balancer of the API");
  return `# The load balancer of the Kubernetes API. What depends on the masters: routes/PORT.cfg
global
    log /dev/log local0
    chroot /var/lib/haproxy
    user haproxy
    group haproxy
    stats socket ${controlPlaneAdminSocket} mode 600 level admin expose-fd listeners
    stats timeout 30s
    server-state-file ${notes}/servers.state
    default-path config
    hard-stop-after 24h
    mworker-max-reloads 50
    spread-checks 5
    ssl-default-server-options ssl-min-ver TLSv1.2
    ssl-default-server-ciphers ${tlsCiphers}
    ssl-default-server-ciphersuites ${tls13Ciphers}

defaults gatebox-control-plane
    mode tcp
    log global
    option dontlognull
    option clitcpka
    clitcpka-idle 30s
    clitcpka-intvl 10s
    clitcpka-cnt 3
    option srvtcpka
    srvtcpka-idle 10s
    srvtcpka-intvl 3s
    srvtcpka-cnt 3
    option redispatch 1
    retries 3
    timeout client 24h
    timeout client-fin 30s
    timeout queue 1s
    timeout connect 300ms
    timeout server 24h
    timeout server-fin 30s
    timeout tunnel 24h

defaults gatebox-metrics
    mode http
    timeout client 10s
    timeout http-request 5s
    timeout connect 1s
    timeout server 10s

${metricsFrontend("gatebox-metrics", metrics)}`;
}

/**
 * `haproxy/routes/PORT.cfg`: the API behind the virtual IP.
 *
 * - A client keeps its API server while that is up, and only those of a server that comes or goes are moved.
 * - A connection that meets a dead API server is made to another one at once. Sessions with one that stops being ready are
 *   ended: a watch on it would go on in silence.
 * - Without any API server a connection ends as soon as it comes, with a reset where the client has spoken first. A kubelet that waited would start none of its static pods,
 *   of which the API server may be one.
 * - It listens at the virtual IP whether or not this host has it now (`transparent`), and nowhere else.
 * - An API server is asked under the first of the names, which its certificate has to carry: one whose does not is not used.
 *
 * @throws Error for what the model never lets through, and for a control plane without masters.
 */
export function controlPlaneRoute(controlPlane: ControlPlane): string {
  const { port, masters, serverNames, check } = controlPlane;
  if (masters.length === 0) throw new Error("the control plane has no masters");
  const [first] = serverNames.map((one) => name(one, "server name of the API"));
  const host = first ?? address(controlPlane.address, "VIP of the API");
  const millis = (value: number, key: string): string => `${wholeNumber(value, 1, `controlPlane.check.${key}`)}ms`;
  const times = [
    `inter ${millis(check.intervalMs, "intervalMs")} fastinter ${millis(Math.ceil(check.intervalMs / 5), "intervalMs")}`,
    `fall ${wholeNumber(check.fall, 1, "controlPlane.check.fall")} rise ${wholeNumber(check.rise, 1, "controlPlane.check.rise")}`,
  ];
  const servers = masters.map(
    (master) =>
      `    server ${name(master.name, "master")} ${endpoint(master.address, master.port, `master ${master.name}`)}`,
  );
  return `frontend kube-api from gatebox-control-plane
    bind ${endpoint(controlPlane.address, port, "VIP of the API")} transparent
    option tcplog
    tcp-request connection reject if { nbsrv(kube-api) eq 0 } !{ stopping }
    default_backend kube-api

backend kube-api from gatebox-control-plane
    balance source
    hash-type consistent
    load-server-state-from-file global
    timeout check ${millis(check.answerMs, "answerMs")}
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host ${host}
    http-check expect status 200
    default-server check check-ssl verify required ca-file ../ca.pem${first === undefined ? "" : ` check-sni ${first} verifyhost ${first}`}
    default-server ${times.join(" ")} observe layer4 error-limit 3 on-error fastinter on-marked-down shutdown-sessions
${servers.join("\n")}
`;
}
