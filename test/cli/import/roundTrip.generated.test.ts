import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import type { InventoryFile } from "../../../cli/import/documents.ts";
import { importInventory } from "../../../cli/import/importInventory.ts";
import { parseBox, type Box } from "../../../box/index.ts";
import { randomBox } from "../../box/randomBox.ts";
import { boxOf } from "./importing.ts";

/** What the documents' vocabulary can say of a box, as an inventory: no preferences of VIPs, and no services. */
function inventoryOf(box: Box): InventoryFile {
  const hosts = mapped(box.hosts, ({ addresses, macAddresses, defaultGateway, connection }) => {
    const networks = Object.entries(addresses).map(([network, address], index) => {
      const gateways =
        index === 0 && defaultGateway !== undefined ? { gateways: [{ to: "default", via: defaultGateway }] } : {};
      const prefix = box.networks[network]!.cidr.split("/")[1]!;
      return [network, { ip: `${address}/${prefix}`, ether: macAddresses?.[network], ...gateways }] as const;
    });
    return { networks_interfaces: Object.fromEntries(networks), ansible_host: connection?.address };
  });
  const groups = mapped(box.pools, ({ name, members }) => ({
    vars: { ...varsOf(box, name), ...natVarsOf(box, name) },
    hosts: Object.fromEntries(members.map((host) => [host, prioritiesOf(box, name, host)])),
  }));
  const apps = mapped(box.apps, ({ port, namespace, selector, targetPort, servicePort }) => {
    return { port, namespace, selector, targetPort, servicePort };
  });
  const text = stringify({ all: { vars: { app: apps }, hosts, children: groups } }, { aliasDuplicateObjects: false });
  return { path: "hosts.yml", text };
}

function varsOf({ virtualIps, kubeGateways, webservers }: Box, pool: string): object {
  const own = Object.values(virtualIps).filter((vip) => vip.pool === pool);
  const vips = own.map(({ network, virtualRouterId, address }) => {
    return [network, { virtual_router_id: virtualRouterId, vip: address }] as const;
  });
  const gatewayRoutes = kubeGateways!.routes.map(({ name, mode, address, destination: { balance, options } }) => {
    const group = { name: kubeGateways!.pool, port: `{{ app['${name}'].port }}` };
    return [name, { mode, address, port: group.port, destination: { group, balance, options } }] as const;
  });
  const webRoutes = webservers!.routes.map(({ name, location, params, upstream: stream }) => {
    const written = params.map((param) => [param.directive, { values: "value" in param ? param.value : param.values }]);
    const port = stream.members[0]!.port;
    const upstream = { name: stream.name, port, group: kubeGateways!.pool };
    return [name, { webserver: [{ location, params: Object.fromEntries(written) }], stream: upstream }] as const;
  });
  return {
    vips: Object.fromEntries(vips),
    ...(pool === kubeGateways!.pool
      ? { proxies: { target: { group: pool }, routes: Object.fromEntries(gatewayRoutes) } }
      : {}),
    ...(pool === webservers!.pool ? Object.fromEntries(webRoutes) : {}),
  };
}

function natVarsOf({ natGateways }: Box, pool: string): object {
  const nat = natGateways.find((gateway) => gateway.pool === pool);
  return nat ? { input_interface: nat.input, output_interface: nat.output } : {};
}

function prioritiesOf({ virtualIps }: Box, pool: string, host: string): object {
  const own = Object.values(virtualIps).filter((vip) => vip.pool === pool);
  return Object.fromEntries(own.map(({ network, priorities }) => [network, { priority: priorities[host] }]));
}

/** What an inventory can say of a box, in a form that does not depend on names that it has none for. */
function sayable(box: Box): unknown {
  const vips = Object.values(box.virtualIps).map((vip) => {
    const syncGroup = vip.syncGroup === undefined ? undefined : box.virtualIps[vip.syncGroup]!.address;
    const { pool, network, address, virtualRouterId, priorities } = vip;
    return [address, { pool, network, virtualRouterId, priorities, syncGroup }] as const;
  });
  const { pool, network, backendNetwork, routes } = box.kubeGateways!;
  return {
    networks: box.networks,
    hosts: mapped(box.hosts, ({ addresses, macAddresses, defaultGateway, connection }) => {
      // A bastion is reached too, and no inventory says which host is one.
      const isBastion = Object.values(box.hosts).some(
        (host) => host.connection?.bastion?.address === connection?.address,
      );
      return { addresses, macAddresses, defaultGateway, ssh: isBastion ? undefined : connection?.address };
    }),
    pools: box.pools,
    apps: box.apps,
    kubeGateways: { pool, network, backendNetwork, routes },
    webservers: box.webservers,
    virtualIps: Object.fromEntries(vips),
    natGateways: box.natGateways.map(({ snatAddress, ...nat }) => ({
      ...nat,
      name: "",
      snatAddress: snatAddress.address,
    })),
  };
}

function mapped<From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

describe("the inventory of a random box", () => {
  it("imports as the box, as far as an inventory can say it", () => {
    fc.assert(
      fc.property(randomBox, ({ values, knownHosts }) => {
        // No inventory asks for a host's network to be written.
        const sayableValues = { ...values, hostNetworks: { pools: [] } };
        const box = parseBox({ name: "random", values: sayableValues, readFile: () => undefined, knownHosts });
        const again = boxOf(importInventory([inventoryOf(box)]), { "webservers.serverNames": [] });
        assert.deepEqual(sayable(again), sayable(box));
      }),
      { numRuns: 30 },
    );
  });
});
