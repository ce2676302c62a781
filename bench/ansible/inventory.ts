/** The playbook's inventory: its hosts and variables, from the very box that Gatebox reads from the stack file. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { parseBox, sectionsOf, type Box, type LocationParam, type VirtualIp } from "../../box/index.ts";
import { readOfProject } from "../../lab/stack.ts";

/** Where the things are that are no values of the box. */
export interface Surroundings {
  /** The public host keys, in ssh's format. */
  readonly knownHosts: string;
  /** The web servers' certificate and its key, in PEM. */
  readonly certificate: string;
  readonly certificateKey: string;
}

/** An inventory: `hosts.yml`, and what `group_vars` has for each group. */
export interface Inventory {
  readonly hosts: object;
  readonly groupVars: Readonly<Record<string, object>>;
}

/** What the roles install beside what every host of them has. */
const GROUP_PACKAGES = { gateways: ["haproxy"], webservers: ["nginx"] };

/** The box of a stack file, as the program reads it. */
export function boxOfStackFile(text: string): Box {
  const { config = {} } = parse(text) as { config?: Record<string, unknown> };
  return parseBox({ name: "protobox", values: sectionsOf(config), readFile: readOfProject, hostKeys: "optional" });
}

/**
 * The inventory of a box.
 *
 * @throws Error where the box has no gateways or no web servers: the playbook makes both
 */
export function inventoryOf(box: Box, surroundings: Surroundings): Inventory {
  const { kubeGateways, webservers } = box;
  if (kubeGateways === undefined || webservers === undefined)
    throw new Error(`box "${box.name}": the playbook makes gateways and web servers, and it has not both`);
  const gateways = {
    common_group_packages: GROUP_PACKAGES.gateways,
    haproxy_routes: gatewayRoutes(box),
    haproxy_bind_addresses: [own(kubeGateways.network), ...addressesOf(box, kubeGateways.pool, kubeGateways.network)],
    haproxy_metrics_address: own(kubeGateways.backendNetwork),
    haproxy_metrics_port: kubeGateways.metricsPort,
    keepalived_instances: instancesOf(box, kubeGateways.pool),
    keepalived_health_url: "http://{{ haproxy_metrics_address }}:{{ haproxy_metrics_port }}/healthz",
  };
  const webs = {
    common_group_packages: GROUP_PACKAGES.webservers,
    nginx_server_names: [...webservers.serverNames],
    nginx_addresses: [own(webservers.network), ...addressesOf(box, webservers.pool, webservers.network)],
    nginx_locations: locations(box),
    nginx_certificate: surroundings.certificate,
    nginx_certificate_key: surroundings.certificateKey,
    keepalived_instances: instancesOf(box, webservers.pool),
    keepalived_health_url: "https://127.0.0.1/healthz",
  };
  const ssh = `-F none -o GlobalKnownHostsFile=/dev/null -o UserKnownHostsFile=${surroundings.knownHosts}`;
  return {
    hosts: { gateways: membersOf(box, kubeGateways.pool), webservers: membersOf(box, webservers.pool) },
    groupVars: { all: { ansible_ssh_common_args: ssh }, gateways, webservers: webs },
  };
}

/** Writes an inventory into a directory of its own, which is made anew. */
export async function writeInventory(directory: string, { hosts, groupVars }: Inventory): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(path.join(directory, "group_vars"), { recursive: true, mode: 0o700 });
  await writeFile(path.join(directory, "hosts.yml"), document(hosts));
  for (const [group, variables] of Object.entries(groupVars))
    await writeFile(path.join(directory, "group_vars", `${group}.yml`), document(variables));
}

function document(value: object): string {
  return `---\n${stringify(value, { aliasDuplicateObjects: false })}`;
}

/** The host's own address on a network, for Ansible to fill in. */
function own(network: string): string {
  return `{{ addresses['${network}'] }}`;
}

function membersOf({ pools, hosts }: Box, pool: string): object {
  const members = (pools[pool]?.members ?? []).map((name) => {
    const { addresses = {}, connection } = hosts[name] ?? {};
    return [name, { ansible_host: connection?.address, ansible_user: connection?.user, addresses }] as const;
  });
  return { hosts: Object.fromEntries(members) };
}

function virtualIpsOf({ virtualIps }: Box, pool: string): readonly VirtualIp[] {
  return Object.values(virtualIps).filter((each) => each.pool === pool);
}

function addressesOf(box: Box, pool: string, network: string): readonly string[] {
  return virtualIpsOf(box, pool)
    .filter((each) => each.network === network)
    .map(({ address }) => address);
}

function instancesOf(box: Box, pool: string): readonly object[] {
  return virtualIpsOf(box, pool).map((each) => ({
    name: each.name,
    network: each.network,
    address: each.address,
    prefix_length: each.prefixLength,
    virtual_router_id: each.virtualRouterId,
    priorities: each.priorities,
    advert_interval_ms: each.advertIntervalMs,
  }));
}

function gatewayRoutes({ kubeGateways }: Box): readonly object[] {
  return (kubeGateways?.routes ?? []).map(({ name, mode, port, answerSeconds, destination }) => ({
    name,
    mode,
    port,
    balance: destination.balance,
    ...(answerSeconds === undefined ? {} : { answer_seconds: answerSeconds }),
    check: {
      interval_ms: destination.check.intervalMs,
      fall: destination.check.fall,
      rise: destination.check.rise,
    },
    servers: destination.members,
  }));
}

function locations({ webservers }: Box): readonly object[] {
  return (webservers?.routes ?? []).map(({ name, location, params, upstream }) => ({
    name,
    location,
    params: params.map(paramOf),
    upstream: { name: upstream.name, members: upstream.members },
  }));
}

/** Jinja takes `values` for the method of that name. */
function paramOf(param: LocationParam): object {
  const { directive } = param;
  return param.type === "single" ? { directive, value: param.value } : { directive, entries: param.values };
}
