/** The load balancer of the Kubernetes API: HAProxy in front of the masters, behind a virtual IP. */
import type { Box, Host, VirtualIp } from "../../box/model.ts";
import { controlPlaneOf } from "../../box/sectionOf.ts";
import { EffectKind, type Assembly, type Serving, type Tracking } from "../assembly.ts";
import { haproxyRouteFile } from "../haproxy/route.ts";
import { address, endpoint, entry, name } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { controlPlaneAdminSocket, controlPlaneBase, controlPlaneRoute } from "./haproxy.ts";
import { controlPlaneLocalPorts, controlPlanePorts, isMaster } from "./ports.ts";
import {
  controlPlaneHaproxy,
  controlPlaneName,
  controlPlaneProcess,
  controlPlaneService,
  controlPlaneUnit,
  sessionsService,
  sessionsUnit,
} from "./service.ts";

/**
 * The load balancers of a box, on the hosts of the API's virtual IP. A host that is a master is a node of the cluster, so what
 * the other nodes ask of it is open.
 *
 * @see ControlPlaneLoadBalancer
 */
export const controlPlaneAssembly: Assembly = {
  name: controlPlaneName,
  pools: ({ controlPlane }) => (controlPlane === undefined ? [] : [controlPlane.pool]),
  programs: [controlPlaneHaproxy],
  effects: [
    {
      unit: "gatebox-control-plane.service",
      does: EffectKind.Reload,
      files: ["haproxy/base.cfg", "haproxy/routes/*.cfg", "haproxy/*.pem"],
    },
    {
      unit: "gatebox-control-plane.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-control-plane.service"],
      serviceOf: "systemd/gatebox-control-plane.service",
      noticed: "sessions with the Kubernetes API through this host are cut off",
      givesUpVirtualIps: true,
    },
    {
      unit: "gatebox-control-plane-sessions.service",
      does: EffectKind.Restart,
      files: ["systemd/gatebox-control-plane-sessions.service", "scripts/sessions"],
    },
  ],
  files: controlPlaneFiles,
  ports: controlPlanePorts,
  // Sessions last for days: a reload would end none of them.
  clients: (box) => [{ network: controlPlaneOf(box).network, ports: [controlPlaneOf(box).port] }],
  localPorts: controlPlaneLocalPorts,
  metrics: (box, host) => {
    const { network, metricsPort, etcdMetricsPort } = controlPlaneOf(box);
    const own = { job: "kube-api-haproxy", network, port: metricsPort };
    return etcdMetricsPort === undefined || !isMaster(box, host)
      ? [own]
      : [own, { job: "etcd", network, port: etcdMetricsPort }];
  },
  forwardsFrom: (box, host) => (isMaster(box, host) ? [controlPlaneOf(box).network] : []),
  serves: (box, host) => ({
    health: controlPlaneHealth(box, host),
    routes: { kind: "haproxy", socket: controlPlaneAdminSocket },
  }),
  tracking: controlPlaneTracking,
};

const links = [controlPlaneUnit, sessionsUnit].map((unit) => `/etc/systemd/system/${unit} systemd/${unit}\n`);

/**
 * The assembly on one host.
 *
 * @throws Error when the host is not on the network of the API.
 * @example controlPlaneFiles(box, host)
 */
export function controlPlaneFiles(box: Box, host: Host): TreeFile[] {
  const controlPlane = controlPlaneOf(box);
  const own = ownAddress(box, host);
  return [
    text("haproxy/base.cfg", controlPlaneBase(own, controlPlane.metricsPort)),
    text(haproxyRouteFile(controlPlane.port), controlPlaneRoute(controlPlane)),
    text("haproxy/ca.pem", `${controlPlane.ca.trim()}\n`),
    text(`systemd/${controlPlaneUnit}`, controlPlaneService()),
    text(`systemd/${sessionsUnit}`, sessionsService()),
    executable("scripts/sessions", "sessions.pl"),
    executable("scripts/drain", "drain.sh"),
    executable("scripts/keep-states", "keep_states.sh"),
    usedInterfaces([entry(host.interfaces, controlPlane.network, `interfaces of ${host.name}`)]),
    text("lifecycle/settings", controlPlaneSettings(box, own)),
    ...["check", "activate", "probe", "deactivate"].map((step) => executable(`lifecycle/${step}`, `${step}.sh`)),
    text("lifecycle/links", links.join("")),
  ];
}

function ownAddress(box: Box, host: Host): string {
  return entry(host.addresses, controlPlaneOf(box).network, `addresses of ${host.name}`);
}

/** `lifecycle/settings`: the host's own address, and what certificates of API servers are to carry. */
function controlPlaneSettings(box: Box, own: string): string {
  const { masters, serverNames, address: virtual } = controlPlaneOf(box);
  const servers = masters.map(
    (one) => `${name(one.name, "master")}=${endpoint(one.address, one.port, `master ${one.name}`)}`,
  );
  return settings({
    own_address: address(own, "address of the load balancer"),
    api_servers: servers.join(" "),
    api_address: address(virtual, "VIP of the API"),
    api_names: serverNames.map((one) => name(one, "server name of the API")).join(" "),
  });
}

/** A host may hold the API's address while its own load balancer answers, whatever becomes of the API servers. */
function controlPlaneTracking(box: Box, host: Host, vip: VirtualIp): Tracking | undefined {
  if (vip.name !== controlPlaneOf(box).virtualIp) return undefined;
  const track = { kind: "daemon", process: controlPlaneProcess, ...controlPlaneHealth(box, host) } as const;
  return { track, networks: [], exclusive: true };
}

/** Where the load balancer says that it is well. */
function controlPlaneHealth(box: Box, host: Host): Serving["health"] {
  return { address: ownAddress(box, host), port: controlPlaneOf(box).metricsPort, path: "/healthz" };
}

function text(path: string, content: string): TreeFile {
  return { path, mode: "0644", text: content };
}

function executable(path: string, file: string): TreeFile {
  return { path, mode: "0755", text: script(import.meta.dirname, file) };
}
