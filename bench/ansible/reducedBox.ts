/** The part of the Protobox that both Gatebox and the playbook make: its gateways, its web servers and their virtual IPs. */
import { parseDocument, type Document } from "yaml";
import { project, stackFile } from "../../lab/stack.ts";

/** Hosts of the reduced box, gateways first. */
export const GATEWAYS = ["gateway-1", "gateway-2", "gateway-3"] as const;
export const WEB_SERVERS = ["webserver-1", "webserver-2"] as const;

/** What is routed from the beginning, and what comes as the one route more. */
export const ROUTES = ["kibana", "argocd", "keycloak"] as const;
export const ADDED_ROUTE = "dash";

/** What a round changes. */
export interface Variant {
  readonly gateways: readonly string[];
  readonly routes: readonly string[];
}

/** The box as it is configured first. */
export const FIRST: Variant = { gateways: GATEWAYS, routes: ROUTES };

const SECTIONS = ["networks", "connection", "hosts", "pools", "apps", "kubeGateways", "webservers", "virtualIps"];
const POOLS = { gateways: "kube-gateway-pool", webServers: "webservers-pool" };
const VIRTUAL_IPS = ["edge", "gateways"];

/**
 * The stack file of a variant: the Protobox' own values, without what the playbook does not make. Nothing in it needs a
 * cluster; each route has its port on the gateways and its location on the web servers from Kibana's, as the Protobox has it.
 */
export async function reducedBox(variant: Variant): Promise<string> {
  const document = parseDocument(await stackFile(project, "protobox"));
  keepOnly(document, ["config"], (key) => SECTIONS.includes(key.replace("gatebox:", "")));
  keepOnly(document, ["config", "gatebox:hosts"], (key) => [...variant.gateways, ...WEB_SERVERS].includes(key));
  keepOnly(document, ["config", "gatebox:pools"], (key) => Object.values(POOLS).includes(key));
  keepOnly(document, ["config", "gatebox:virtualIps"], (key) => VIRTUAL_IPS.includes(key));
  keepOnly(document, ["config", "gatebox:virtualIps", "gateways", "priorities"], (key) =>
    variant.gateways.includes(key),
  );
  document.setIn(["config", "gatebox:pools", POOLS.gateways], document.createNode([...variant.gateways]));
  document.setIn(["config", "gatebox:webservers", "serverNames"], document.createNode(["protobox.test"]));
  // Its bastion is no host of this box.
  for (const host of variant.gateways) document.deleteIn(["config", "gatebox:hosts", host, "connection"]);
  for (const section of ["kubeGateways", "webservers"]) routeLikeKibana(document, section, variant.routes);
  return document.toString();
}

function keepOnly(document: Document, path: readonly string[], wanted: (key: string) => boolean): void {
  const map = document.getIn(path) as { readonly items: readonly { readonly key: unknown }[] };
  for (const key of map.items.map(({ key }) => String(key))) if (!wanted(key)) document.deleteIn([...path, key]);
}

function routeLikeKibana(document: Document, section: string, routes: readonly string[]): void {
  const place = ["config", `gatebox:${section}`, "routes"];
  const kibana = JSON.stringify(document.toJS().config[`gatebox:${section}`].routes.kibana);
  const named = routes.map((route) => [route, JSON.parse(kibana.replaceAll("kibana", route))] as const);
  document.setIn(place, document.createNode(Object.fromEntries(named)));
}
