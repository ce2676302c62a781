import type { Draft, Table } from "../draft.ts";
import { isAddress } from "../ipv4.ts";
import { isIpv6 } from "../ipv6.ts";
import { suggestion } from "../nearMiss.ts";
import { appOfService } from "../ways.ts";
import { pathOf, type Violation } from "../violations.ts";

/** A place of the configuration that names an entry of a table. */
interface Reference {
  readonly path: string;
  readonly table: Table;
  readonly name: string | undefined;
}

const singular: Readonly<Record<Table, string>> = {
  networks: "network",
  hosts: "host",
  pools: "pool",
  apps: "app",
  virtualIps: "VIP",
};

/** Every name that is used is declared. */
export function* unknownNames(draft: Draft): Generator<Violation> {
  for (const { path, table, name } of references(draft)) {
    const declared = draft.declared[table];
    if (name === undefined || declared === undefined || declared.has(name)) continue;
    const end = declared.size === 0 ? `: none is declared under ${table}` : suggestion(name, declared);
    yield { path, message: `unknown ${singular[table]} "${name}"${end}` };
  }
}

function* references(draft: Draft): Generator<Reference> {
  const { connection } = draft;
  yield { path: pathOf("connection", "network"), table: "networks", name: connection.network };
  yield { path: pathOf("connection", "bastion"), table: "hosts", name: connection.bastion };
  yield* hostReferences(draft);
  for (const [pool, members] of draft.pools) {
    for (const [index, name] of members.entries()) yield { path: pathOf("pools", pool, index), table: "hosts", name };
  }
  yield* gatewayReferences(draft);
  yield* webserverReferences(draft);
  for (const [name, service] of draft.services) {
    yield { path: pathOf("services", name, "app"), table: "apps", name: appOfService(name, service) };
  }
  yield* virtualIpReferences(draft);
  yield* natReferences(draft);
  for (const [index, name] of draft.hostNetworks.pools.entries()) {
    yield { path: pathOf("hostNetworks", "pools", index), table: "pools", name };
  }
}

function* hostReferences(draft: Draft): Generator<Reference> {
  for (const [host, { addresses, addresses6, interfaces, macAddresses, connection }] of draft.hosts) {
    const path = pathOf("hosts", host);
    for (const name of Object.keys(addresses)) yield { path: pathOf(path, "addresses", name), table: "networks", name };
    for (const name of Object.keys(addresses6))
      yield { path: pathOf(path, "addresses6", name), table: "networks", name };
    for (const name of Object.keys(interfaces))
      yield { path: pathOf(path, "interfaces", name), table: "networks", name };
    for (const name of Object.keys(macAddresses))
      yield { path: pathOf(path, "macAddresses", name), table: "networks", name };
    yield { path: pathOf(path, "connection", "network"), table: "networks", name: connection.network };
    yield { path: pathOf(path, "connection", "bastion"), table: "hosts", name: connection.bastion || undefined };
  }
}

function* gatewayReferences({ kubeGateways }: Draft): Generator<Reference> {
  const path = "kubeGateways";
  yield { path: pathOf(path, "pool"), table: "pools", name: kubeGateways.pool };
  yield { path: pathOf(path, "network"), table: "networks", name: kubeGateways.network };
  yield { path: pathOf(path, "backendNetwork"), table: "networks", name: kubeGateways.backendNetwork };
  for (const [route, { app, destination }] of Object.entries(kubeGateways.routes ?? {})) {
    yield { path: pathOf(path, "routes", route, "app"), table: "apps", name: app };
    const group = pathOf(path, "routes", route, "destination", "group", "name");
    yield { path: group, table: "pools", name: destination.group?.name };
  }
}

function* webserverReferences({ webservers }: Draft): Generator<Reference> {
  const path = "webservers";
  yield { path: pathOf(path, "pool"), table: "pools", name: webservers.pool };
  yield { path: pathOf(path, "network"), table: "networks", name: webservers.network };
  yield { path: pathOf(path, "upstreamNetwork"), table: "networks", name: webservers.upstreamNetwork };
  for (const [route, { upstream }] of Object.entries(webservers.routes ?? {})) {
    yield { path: pathOf(path, "routes", route, "upstream", "app"), table: "apps", name: upstream.app };
    yield { path: pathOf(path, "routes", route, "upstream", "group"), table: "pools", name: upstream.group };
  }
}

function* virtualIpReferences({ virtualIps }: Draft): Generator<Reference> {
  for (const [name, { pool, network, syncGroup }] of virtualIps) {
    const path = pathOf("virtualIps", name);
    yield { path: pathOf(path, "pool"), table: "pools", name: pool };
    yield { path: pathOf(path, "network"), table: "networks", name: network };
    yield { path: pathOf(path, "syncGroup"), table: "virtualIps", name: syncGroup };
  }
}

function* natReferences({ natGateways }: Draft): Generator<Reference> {
  for (const { path, pool, input, output, snatAddress: source, openPorts } of natGateways) {
    yield { path: pathOf(path, "pool"), table: "pools", name: pool };
    yield { path: pathOf(path, "input"), table: "networks", name: input };
    yield { path: pathOf(path, "output"), table: "networks", name: output };
    // An address has a rule of its own.
    if (!isAddress(source) && !isIpv6(source))
      yield { path: pathOf(path, "snatAddress"), table: "virtualIps", name: source };
    for (const [index, { network }] of openPorts.entries()) {
      yield { path: pathOf(path, "openPorts", index, "network"), table: "networks", name: network };
    }
  }
}
