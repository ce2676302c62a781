/** A picture of the path of a request through a box, drawn from its model. */
import type { Box, GatewayRoute, Host, Member, WebserverRoute } from "../../box/model.ts";
import { kubeGatewaysOf, webserversOf } from "../../box/sectionOf.ts";
import { drawing, fitted, text } from "./svg.ts";

/** One route as the picture shows it: what a client asks for, where it enters the gateways, who answers. */
interface Row {
  readonly name: string;
  readonly location: string;
  readonly port: string;
  readonly answers: string;
}

interface Machine {
  readonly name: string;
  /** Address on the network to the left and to the right, where it has one. */
  readonly left: string;
  readonly right: string;
}

interface Column {
  readonly x: number;
  readonly width: number;
  readonly title: string;
  readonly machines: readonly Machine[];
}

/** More routes than this are counted, not listed: nobody reads a picture of a thousand lines. */
const listedRoutes = 24;

const width = 1180;
const top = 118;
const boxHeight = 48;
const boxGap = 12;
const rowHeight = 28;

/**
 * An SVG of the box: clients, web servers, gateways and nodes as columns, the networks between them as bands, and below
 * each route's location, port and pods. The same box always gives the same text.
 *
 * @example writeFileSync("request.svg", requestPicture(box));
 */
export function requestPicture(box: Box): string {
  const columns = columnsOf(box);
  const deepest = Math.max(1, ...columns.map((column) => column.machines.length));
  const bandHeight = deepest * (boxHeight + boxGap) + boxGap;
  const routes = routesOf(box);
  const listed = routes.slice(0, listedRoutes);
  const table = top + bandHeight + 46;
  const height =
    table + 34 + Math.max(1, listed.length) * rowHeight + (routes.length > listed.length ? rowHeight : 0) + 16;
  const { network, upstreamNetwork } = webserversOf(box);
  const networks = [network, upstreamNetwork, kubeGatewaysOf(box).backendNetwork];
  const captions = ["HTTPS", "HTTP", "NodePort"];
  const title = `The path of a request through ${box.name}`;
  return drawing({ width, height, title }, [
    ...networks.flatMap((network, index) => band(box, network, captions[index] ?? "", gap(columns, index), bandHeight)),
    ...columns.flatMap((column, index) => hosts(column, index, columns.length, bandHeight)),
    ...routeTable(columns, listed, routes.length, table),
  ]);
}

function columnsOf(box: Box): Column[] {
  const [webservers, kubeGateways] = [webserversOf(box), kubeGatewaysOf(box)];
  const machines = (pool: string, left: string, right: string): Machine[] =>
    (box.pools[pool]?.members ?? []).flatMap((member) => {
      const host: Host | undefined = box.hosts[member];
      return host ? [{ name: host.name, left: host.addresses[left] ?? "", right: host.addresses[right] ?? "" }] : [];
    });
  const client = { name: "client", left: "", right: "" };
  return [
    { x: 24, width: 136, title: "Clients", machines: [client] },
    {
      x: 290,
      width: 204,
      title: "Web servers (nginx)",
      machines: machines(webservers.pool, webservers.network, webservers.upstreamNetwork),
    },
    {
      x: 624,
      width: 204,
      title: "Gateways (HAProxy)",
      machines: machines(kubeGateways.pool, kubeGateways.network, kubeGateways.backendNetwork),
    },
    { x: 958, width: 198, title: "Nodes (Kubernetes)", machines: nodesOf(box) },
  ];
}

/** Every server that a gateway route leads to, once. */
function nodesOf(box: Box): Machine[] {
  const routes = [...kubeGatewaysOf(box).routes, ...box.services.map((service) => service.gateway)];
  const nodes = new Map<string, Member>();
  for (const route of routes) for (const member of route.destination.members) nodes.set(member.name, member);
  return [...nodes.values()].map((node) => ({ name: node.name, left: node.address, right: "" }));
}

function routesOf(box: Box): Row[] {
  const exposed = box.services.map((service) => ({
    name: service.name,
    location: service.web?.location ?? "",
    port: `${service.gateway.port} ${service.gateway.mode}`,
    answers: `${service.app.namespace}/${service.app.name}`,
  }));
  const locations = webserversOf(box).routes;
  const direct = locations.map((route) => {
    const next = gatewayRouteOf(box, route);
    const ports = [...new Set(route.upstream.members.map((member) => member.port))].join(", ");
    return {
      name: route.name,
      location: route.location,
      port: next ? `${next.port} ${next.mode}` : ports,
      answers: next ? serversOf(next) : summary(route.upstream.members.map((member) => member.name)),
    };
  });
  const asked = new Set(locations.map((route) => gatewayRouteOf(box, route)));
  const inner = kubeGatewaysOf(box)
    .routes.filter((route) => !asked.has(route))
    .map((route) => ({
      name: route.name,
      location: "",
      port: `${route.port} ${route.mode}`,
      answers: serversOf(route),
    }));
  return [...exposed, ...direct, ...inner];
}

/** The gateways' route that a location leads to: both are one row. */
function gatewayRouteOf(box: Box, { upstream }: WebserverRoute): GatewayRoute | undefined {
  const { pool, routes } = kubeGatewaysOf(box);
  const gateways = box.pools[pool]?.members ?? [];
  if (!upstream.members.every(({ name }) => gateways.includes(name))) return undefined;
  return routes.find(({ port }) => upstream.members.every((member) => member.port === port));
}

function serversOf({ destination }: GatewayRoute): string {
  return summary(destination.members.map((member) => `${member.name}:${member.port}`));
}

function summary(names: readonly string[]): string {
  return names.length > 1 ? `${names[0] ?? ""} and ${names.length - 1} more` : (names[0] ?? "");
}

/** The space between two columns, where the network's band stands. */
function gap(columns: readonly Column[], index: number): readonly [from: number, to: number] {
  const left = columns[index];
  const right = columns[index + 1];
  return left && right ? [left.x + left.width + 16, right.x - 16] : [0, 0];
}

function band(
  box: Box,
  network: string,
  caption: string,
  [from, to]: readonly [number, number],
  height: number,
): string[] {
  const middle = (from + to) / 2;
  const y = top + height / 2;
  return [
    `<rect class="band" x="${from}" y="${top}" width="${to - from}" height="${height}" rx="8"/>`,
    text(middle, top - 30, "strong", fitted(network, 16), "middle"),
    text(middle, top - 12, "code", box.networks[network]?.cidr ?? "", "middle"),
    `<path class="flow" d="M${from + 14} ${y}H${to - 22}"/>`,
    `<path class="head" d="M${to - 24} ${y - 6}L${to - 12} ${y}L${to - 24} ${y + 6}Z"/>`,
    text(middle, y - 10, "quiet", caption, "middle"),
  ];
}

function hosts(column: Column, index: number, count: number, height: number): string[] {
  const used = column.machines.length * (boxHeight + boxGap) - boxGap;
  const first = top + (height - used) / 2;
  const { x, width: wide } = column;
  return [
    text(x + wide / 2, top - 30, "quiet", column.title, "middle"),
    ...column.machines.flatMap((machine, position) => {
      const y = first + position * (boxHeight + boxGap);
      const middle = y + boxHeight / 2;
      return [
        ...(index > 0 ? [`<path class="wire" d="M${x - 16} ${middle}H${x}"/>`] : []),
        ...(index < count - 1 ? [`<path class="wire" d="M${x + wide} ${middle}h16"/>`] : []),
        `<rect class="card" x="${x}" y="${y}" width="${wide}" height="${boxHeight}" rx="6"/>`,
        text(
          x + wide / 2,
          y + (machine.left === "" && machine.right === "" ? 29 : 20),
          "strong",
          fitted(machine.name, 24),
          "middle",
        ),
        ...(machine.left === "" ? [] : [text(x + 8, y + 38, "code", machine.left)]),
        ...(machine.right === "" ? [] : [text(x + wide - 8, y + 38, "code", machine.right, "end")]),
      ];
    }),
  ];
}

function routeTable(columns: readonly Column[], routes: readonly Row[], all: number, y: number): string[] {
  const xs = columns.map((column) => column.x);
  const row = (position: number): number => y + 30 + position * rowHeight;
  const cell = (column: number, line: number, kind: string, content: string, letters: number): string =>
    text(xs[column] ?? 0, line, kind, fitted(content, letters), "start", content);
  const heads = ["Service", "Location", "Port of the gateways", "Answered by"];
  return [
    ...heads.map((head, column) => cell(column, y, "quiet", head, 30)),
    ...routes.flatMap((route, position) => [
      `<path class="rule" d="M24 ${row(position) - 19}H${width - 24}"/>`,
      cell(0, row(position), "strong", route.name, 30),
      cell(1, row(position), "mono", route.location === "" ? "–" : route.location, 40),
      cell(2, row(position), "mono", route.port, 40),
      cell(3, row(position), "mono", route.answers, 26),
    ]),
    ...(all > routes.length ? [cell(0, row(routes.length), "quiet", `and ${all - routes.length} more`, 40)] : []),
  ];
}
