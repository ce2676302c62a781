/** What a server or an agent of Consul reads: JSON, as its documentation of agent configuration says. */
import { consulOf } from "../../box/index.ts";
import type { Box, GatewayRoute, Host } from "../../box/model.ts";
import { address, name, port } from "../scalars.ts";
import { consulPorts, frontDoor, frontDoorAddress, isServer, memberAddress, serverAddresses } from "./members.ts";

/** Where the service reads all of it: copies that its user may read. Gone after a boot, and made at each start. */
export const runPlace = "/run/gatebox-consul";
/** Where it keeps what it knows, as its package has it. */
export const dataPlace = "/opt/consul";
/** In place of the token that services are registered with: `prepare.sh` puts it into the copy that Consul reads. */
const ownToken = "@secrets/agent-token@";

/** `config/agent.json`. Secrets are in another file. */
export function agentConfiguration(box: Box, host: Host): string {
  const { datacenter, servers, dnsPort } = consulOf(box);
  const own = address(memberAddress(box, host), `address of ${host.name}`);
  const shown = frontDoorAddress(box, host);
  const off = -1;
  const server = {
    server: true,
    // Nobody elects before so many have found each other: two of them never win apart.
    bootstrap_expect: servers.length,
    // What a reboot or a repair takes away comes back; who goes for good leaves.
    autopilot: { cleanup_dead_servers: true, min_quorum: servers.length },
    performance: { raft_multiplier: 1 },
    ui_config: { enabled: true, content_path: frontDoor(box)?.path ?? "/consul/" },
  };
  return json({
    datacenter,
    node_name: name(host.name, "name of the host"),
    ...(isServer(box, host) ? server : { server: false }),
    data_dir: dataPlace,
    bind_addr: own,
    advertise_addr: own,
    client_addr: "127.0.0.1",
    addresses: {
      http: ["127.0.0.1", ...(shown === undefined ? [] : [address(shown, `address of ${host.name}`)])].join(" "),
      // Members with a certificate of the box alone: they compare their clocks with a server's there.
      ...(isServer(box, host) ? { https: own } : {}),
    },
    ports: { http: consulPorts.http, dns: port(dnsPort, "Consul's DNS"), server: consulPorts.rpc, serf_lan: consulPorts.gossip, serf_wan: off, https: isServer(box, host) ? consulPorts.https : off, grpc: off, grpc_tls: off }, // prettier-ignore
    retry_join: serverAddresses(box).map((one) => address(one, "address of a server")),
    retry_interval: "2s",
    encrypt_verify_incoming: true,
    encrypt_verify_outgoing: true,
    tls: {
      defaults: {
        ca_file: `${runPlace}/authority.pem`,
        cert_file: `${runPlace}/certificate.pem`,
        key_file: `${runPlace}/key.pem`,
        verify_incoming: true,
        verify_outgoing: true,
      },
      internal_rpc: { verify_server_hostname: true },
    },
    acl: { enabled: true, default_policy: "deny", down_policy: "extend-cache", enable_token_persistence: false },
    // Whoever may write would else run programs on every host.
    disable_remote_exec: true,
    enable_script_checks: false,
    enable_local_script_checks: false,
    // Through the front door one may look; what an agent does is for its own host to say.
    http_config: { allow_write_http_from: ["127.0.0.0/8"] },
    disable_update_check: true,
    leave_on_terminate: false,
    skip_leave_on_interrupt: true,
    telemetry: { disable_hostname: true, prometheus_retention_time: "60s" },
  });
}

/** Seconds between two checks of a service, and how long one may take: a failure is seen in less than ten. */
const checked = { interval: "5s", timeout: "3s" } as const;

/** `config/services.json`: each route of the gateways, on each gateway. A host that is none has no services. */
export function servicesConfiguration(box: Box, host: Host): string {
  const { kubeGateways } = box;
  const own = kubeGateways === undefined ? undefined : host.addresses[kubeGateways.network];
  const services = servicesOf(box, host).map((route) => {
    const at = route.address === "*" ? (own ?? "") : route.address;
    return {
      id: `${route.name}-${host.name}`,
      name: name(route.name, "route"),
      address: address(at, `route ${route.name}`),
      port: port(route.port, `route ${route.name}`),
      tags: ["gateway"],
      // Consul 1.14 has no token for all services of the configuration (config_file_service_registration, 1.15).
      token: ownToken,
      checks: [checkOf(route, address(at, `route ${route.name}`))],
    };
  });
  return json({ services });
}

/** The routes that a host serves as a gateway. */
export function servicesOf(box: Box, host: Host): readonly GatewayRoute[] {
  const { kubeGateways } = box;
  if (kubeGateways === undefined || !box.pools[kubeGateways.pool]?.members.includes(host.name)) return [];
  if (!Object.hasOwn(host.addresses, kubeGateways.network)) return [];
  return [...kubeGateways.routes, ...box.services.map(({ gateway }) => gateway)];
}

/**
 * Asked as web servers ask: at the gateway, which closes the connection where no server behind it lives. Bytes that HAProxy does
 * not read (`tcp`) can only be connected to.
 */
function checkOf(route: GatewayRoute, at: string): object {
  const { path = "/", host } = route.destination.check;
  const where = `${at}:${route.port}`;
  const named = { name: `${route.name} through the gateway`, ...checked };
  if (route.mode !== "http") return { ...named, tcp: where };
  return { ...named, http: `http://${where}${path}`, ...(host === undefined ? {} : { header: { Host: [host] } }) };
}

/** `secrets/agent.json`: 0600, and for Consul's user in a copy. */
export function secretConfiguration(
  server: boolean,
  secrets: { readonly gossipKey: string; readonly management: string; readonly agent: string },
): string {
  const { gossipKey, management, agent } = secrets;
  return json({
    encrypt: gossipKey,
    acl: {
      tokens: {
        // The leader makes it once, under the index that Consul keeps for that: nobody has to be first.
        ...(server ? { initial_management: management } : {}),
        agent,
      },
    },
  });
}

/**
 * `secrets/dns.json`: what DNS answers with. Apart from the others, as Consul before 1.17 refuses it. What that would take in its
 * place, `acl.tokens.default`, would let everybody look by HTTP, too.
 */
export function dnsConfiguration(token: string): string {
  return json({ acl: { tokens: { dns: token } } });
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
