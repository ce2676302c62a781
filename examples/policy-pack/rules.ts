/**
 * What a site demands of its boxes, beside what Gatebox demands itself. Each rule looks at the inputs of one resource: of a component,
 * which are the ports, locations, hosts and members that it declares, or of an object of Kubernetes.
 */

/** A resource, as an analyzer of Pulumi gets it. */
export interface Declared {
  /** Its type's token, for example `gatebox:index:GatewayRoute`. */
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** URN of the resource that it is a part of. */
  readonly parent?: string | undefined;
  readonly isProtected?: boolean | undefined;
}

/** A rule, and what it says of a resource that breaks it. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  /** Whether a resource that breaks it is refused; else a reviewer is told. */
  readonly isMandatory: boolean;
  /** What is wrong with the resource and what to do; nothing where it is right, or not one that the rule is about. */
  readonly broken: (resource: Declared, config: Readonly<Record<string, unknown>>) => string | undefined;
}

/** Components whose hosts take over for each other. */
const pools = ["GatewayPool", "WebserverPool", "NatGateway"].map((name) => `gatebox:index:${name}`);

/** Kinds of Service that are reached from outside of the cluster. */
const outside = ["NodePort", "LoadBalancer"];

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const declaredServicesOnly: Rule = {
  name: "declared-services-only",
  description:
    "What reaches outside of the cluster is declared: a Service with a port on nodes is part of an ExposedService.",
  isMandatory: true,
  broken({ type, props, parent = "" }) {
    if (type !== "kubernetes:core/v1:Service") return undefined;
    const spec = (props["spec"] ?? {}) as { type?: unknown; externalIPs?: unknown };
    const kind = list(spec.externalIPs).length > 0 ? "externalIPs" : spec.type;
    if (kind !== "externalIPs" && !outside.includes(String(kind))) return undefined;
    if (/\$gatebox:index:ExposedService::|::gatebox:index:ExposedService::/.test(parent)) return undefined;
    return `a Service with ${String(kind)} that no ExposedService declares: its port is open on every node, past gateways and review. Declare it with ExposedService`;
  },
};

export const twoOfEach: Rule = {
  name: "two-of-each",
  description: "A pool has two hosts or more, so that one may stop.",
  isMandatory: false,
  broken({ type, props }) {
    const hosts = list(props["hosts"]);
    if (!pools.includes(type) || hosts.length !== 1) return undefined;
    return `its only host is ${String(hosts[0])}: what it serves stops with that host, and with each change that restarts it`;
  },
};

export const twoBackends: Rule = {
  name: "two-backends",
  description: "A route has two members or more to go to.",
  isMandatory: false,
  broken({ type, props }) {
    const members = list(props["members"]);
    if (!/^gatebox:index:(GatewayRoute|WebserverRoute)$/.test(type) || members.length !== 1) return undefined;
    return `its only member is ${String(members[0])}: nobody answers while that one is down`;
  },
};

export const portsOfTheSite: Rule = {
  name: "ports-of-the-site",
  description: "Routes of gateways use the ports that the site has set aside, `first` to `last`.",
  isMandatory: true,
  broken({ type, props }, { first, last }) {
    const port = Number(props["port"]);
    if (type !== "gatebox:index:GatewayRoute" || (port >= Number(first) && port <= Number(last))) return undefined;
    return `port ${port} is not of those that the site has set aside, ${String(first)} to ${String(last)}`;
  },
};

export const rootIsNobodys: Rule = {
  name: "root-is-nobodys",
  description: "No route takes / of the web servers: a mistyped path would reach it.",
  isMandatory: true,
  broken({ type, props }) {
    if (type !== "gatebox:index:WebserverRoute" || props["location"] !== "/") return undefined;
    return "it takes /, and with it every path that no other route has: give it a location of its own";
  },
};

export const addressesAreProtected: Rule = {
  name: "addresses-are-protected",
  description: "Virtual IPs are protected: what uses the box finds it by them.",
  isMandatory: false,
  broken({ type, isProtected }) {
    if (type !== "gatebox:index:VirtualIps" || isProtected) return undefined;
    return "one destroy takes its addresses away from everybody who uses them: write protect: true into its options";
  },
};

/** All rules of the site. */
export const rules: readonly Rule[] = [declaredServicesOnly, twoOfEach, twoBackends, portsOfTheSite, rootIsNobodys, addressesAreProtected]; // prettier-ignore
