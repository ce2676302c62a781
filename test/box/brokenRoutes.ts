import type { BrokenEntry } from "./brokenEntries.ts";

const kibana = "kubeGateways.routes.kibana";
const web = "webservers.routes.kibana";

/** The sections that have route tables, and an entry of each. */
export const brokenRoutes: readonly BrokenEntry[] = [
  {
    entry: "kubeGateways",
    schema: "kubeGateways",
    rules: [
      {
        breaks: "an unknown pool",
        changes: { pool: "kube-gatway-pool" },
        says: 'kubeGateways.pool: unknown pool "kube-gatway-pool"',
        uses: ["pool"],
      },
      {
        breaks: "one network on both sides",
        changes: { backendNetwork: "gateway-network" },
        says: 'kubeGateways.backendNetwork: "gateway-network" is the gateways\' network too',
        uses: ["network", "backendNetwork"],
      },
      {
        breaks: "a metrics port that is taken",
        changes: { metricsPort: 10250 },
        says: "kubeGateways.metricsPort: 10250 belongs to the kubelet",
        uses: ["metricsPort"],
      },
    ],
  },
  {
    entry: kibana,
    schema: "kubeGateways.properties.routes.additionalProperties.properties",
    rules: [
      { breaks: "an unknown app", changes: { app: "kibanna" }, says: `${kibana}.app: unknown app`, uses: ["app"] },
      {
        breaks: "an app and a port",
        changes: { port: 30163 },
        says: `${kibana}: has app "kibana" and port 30163`,
        uses: ["app", "port"],
      },
      {
        breaks: "a group and addresses",
        changes: { "destination.addresses": [{ name: "one", address: "192.168.1.11", port: 1 }] },
        says: `${kibana}.destination: has group and addresses`,
        uses: ["destination"],
      },
      {
        breaks: "an address that gateways do not listen on",
        changes: { address: "192.168.1.11" },
        says: `${kibana}.address: 192.168.1.11 lies outside of gateway-network`,
        uses: ["address"],
      },
      {
        breaks: "an option that mode tcp does not have",
        changes: { mode: "tcp" },
        says: `${kibana}.destination.options[0]: "httplog" works in mode http only`,
        uses: ["mode", "destination.options"],
      },
    ],
  },
  {
    entry: "webservers",
    schema: "webservers",
    rules: [
      {
        breaks: "an unknown network",
        changes: { network: "public-netwrok" },
        says: 'webservers.network: unknown network "public-netwrok"',
        uses: ["network"],
      },
      {
        breaks: "a name twice",
        changes: { serverNames: ["protobox.test", "protobox.test"] },
        says: 'webservers.serverNames[1]: "protobox.test" is listed already',
        uses: ["serverNames"],
      },
      {
        breaks: "another network than the gateways'",
        changes: { upstreamNetwork: "public-network" },
        says: 'webservers.upstreamNetwork: "public-network" is not where the gateways listen',
        uses: ["upstreamNetwork"],
      },
    ],
  },
  {
    entry: web,
    schema: "webservers.properties.routes.additionalProperties.properties",
    rules: [
      {
        breaks: "a location that is taken",
        changes: { location: "/dash/" },
        says: "services.dash.web.location: /dash/ is declared by webservers.routes.kibana already",
        uses: ["location"],
      },
      {
        breaks: "an unknown pool",
        changes: { "upstream.group": "kube_gateway_pool" },
        says: `${web}.upstream.group: unknown pool "kube_gateway_pool"`,
        uses: ["upstream.group"],
      },
      {
        breaks: "an upstream of another route",
        changes: { "params.proxy_pass.values": "http://stream_dash" },
        says: `${web}.params.proxy_pass.values: "http://stream_dash" does not lead to`,
        uses: ["params.proxy_pass", "upstream.name"],
      },
      {
        breaks: "entries of a directive of one line",
        changes: { "params.proxy_set_header.type": "single" },
        says: `${web}.params.proxy_set_header.values: is a mapping, but one line has one value`,
        uses: ["params.proxy_set_header"],
      },
      {
        breaks: "an app and a port",
        changes: { "upstream.port": 30163 },
        says: `${web}.upstream: has app "kibana" and port 30163`,
        uses: ["upstream.app", "upstream.port"],
      },
    ],
  },
];
