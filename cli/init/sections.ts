import { listOf, type Answers } from "./questions.ts";

/** The sections of a stack file that the answers make: web servers, gateways, an address that moves, a first service. */
export function sectionsFrom(answers: Readonly<Required<Answers>>): Record<string, unknown> {
  const { service, virtualIp } = answers;
  const webservers = zipped("webserver", listOf(answers.webservers), listOf(answers.webserversInside));
  const gateways = zipped("gateway", listOf(answers.gateways), listOf(answers.gatewaysInside));
  const from = listOf(answers.from);
  return {
    networks: { "public-network": answers.public, "gateway-network": answers.gateway, "box-network": answers.box },
    connection: {
      user: answers.user,
      network: "box-network",
      knownHosts: answers.knownHosts,
      ...(from.length === 0 ? {} : { from }),
    },
    hosts: {
      ...hosts(webservers, "public-network", "gateway-network", { connection: { network: "public-network" } }),
      ...hosts(gateways, "gateway-network", "box-network", {}),
    },
    pools: { "webservers-pool": webservers.map(({ name }) => name), "gateways-pool": gateways.map(({ name }) => name) },
    ...(service === "" ? {} : { apps: { [service]: { port: Number(answers.port), namespace: answers.namespace } } }),
    kubeGateways: { pool: "gateways-pool", network: "gateway-network", backendNetwork: "box-network" },
    webservers: {
      pool: "webservers-pool",
      network: "public-network",
      upstreamNetwork: "gateway-network",
      ...(listOf(answers.serverNames).length === 0 ? {} : { serverNames: listOf(answers.serverNames) }),
    },
    ...(service === "" ? {} : { services: { [service]: { app: service } } }),
    ...(virtualIp === "-" ? {} : { virtualIps: { edge: edge(virtualIp) } }),
  };
}

function edge(address: string): object {
  return { pool: "webservers-pool", network: "public-network", address, virtualRouterId: 1 };
}

/** A host and its addresses on two networks; one of them may be missing, which the check of the file says. */
interface Machine {
  readonly name: string;
  readonly outside: string | undefined;
  readonly inside: string | undefined;
}

function zipped(kind: string, outside: readonly string[], inside: readonly string[]): Machine[] {
  const length = Math.max(outside.length, inside.length);
  return Array.from({ length }, (_, index) => ({
    name: `${kind}-${index + 1}`,
    outside: outside[index],
    inside: inside[index],
  }));
}

function hosts(machines: readonly Machine[], outer: string, inner: string, more: object): Record<string, object> {
  return Object.fromEntries(
    machines.map(({ name, outside, inside }) => {
      const addresses = {
        ...(outside === undefined ? {} : { [outer]: outside }),
        ...(inside === undefined ? {} : { [inner]: inside }),
      };
      return [name, { addresses, ...more }];
    }),
  );
}
