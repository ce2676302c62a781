import { describeViolations } from "../violations.ts";

describeViolations("gateway routes", [
  {
    breaks: "an address outside of the gateway network",
    changes: { "kubeGateways.routes.kibana.address": "192.168.1.11" },
    says: [
      'kubeGateways.routes.kibana.address: 192.168.1.11 lies outside of gateway-network 192.168.2.0/24, where gateways listen: write "*"',
    ],
  },
  {
    breaks: "one gateway's address for all",
    changes: { "kubeGateways.routes.kibana.address": "192.168.2.11" },
    says: [
      'kubeGateways.routes.kibana.address: 192.168.2.11 is not an address of gateway-2, and all gateways are configured alike: write "*"',
    ],
  },
  {
    breaks: "no address at all",
    changes: { "kubeGateways.routes.kibana.address": "all" },
    says: ['kubeGateways.routes.kibana.address: "all" is neither "*" nor an IPv4 address'],
  },
  {
    breaks: "a server outside of the network",
    changes: {
      "kubeGateways.routes.vip": {
        port: 6443,
        mode: "tcp",
        destination: { addresses: [{ name: "vip", address: "192.168.2.99", port: 6442 }] },
      },
    },
    says: [
      "kubeGateways.routes.vip.destination.addresses[0].address: 192.168.2.99 lies outside of box-network 192.168.1.0/24: it lies in gateway-network 192.168.2.0/24",
    ],
  },
  {
    breaks: "servers listed twice",
    changes: {
      "kubeGateways.routes.api": {
        port: 6443,
        mode: "tcp",
        destination: {
          addresses: [
            { name: "a", address: "192.168.1.21", port: 6443 },
            { name: "a", address: "192.168.1.21", port: 6443 },
          ],
        },
      },
    },
    says: [
      'kubeGateways.routes.api.destination.addresses[1].name: "a" is another server\'s name already',
      "kubeGateways.routes.api.destination.addresses[1].address: 192.168.1.21:6443 is listed already",
    ],
  },
  {
    breaks: "no servers",
    changes: { "kubeGateways.routes.api": { port: 6443, mode: "tcp", destination: { addresses: [] } } },
    says: ["kubeGateways.routes.api.destination.addresses: [] has no servers: name at least one, or a group"],
  },
  {
    breaks: "a destination that leads nowhere",
    changes: { "kubeGateways.routes.kibana.destination.group": undefined },
    says: ["kubeGateways.routes.kibana.destination: leads nowhere: write group (a pool) or addresses"],
  },
  {
    breaks: "two destinations",
    changes: { "kubeGateways.routes.kibana.destination.addresses": [{ name: "a", address: "192.168.1.21", port: 80 }] },
    says: ["kubeGateways.routes.kibana.destination: has group and addresses: keep one"],
  },
  {
    breaks: "an unknown balance",
    changes: { "kubeGateways.routes.kibana.destination.balance": "round-robin" },
    says: [
      'kubeGateways.routes.kibana.destination.balance: "round-robin" is not a balance algorithm: write roundrobin, static-rr, leastconn, first, source, random, uri, hdr(NAME) or url_param NAME',
    ],
  },
  {
    breaks: "an unknown option",
    changes: { "kubeGateways.routes.kibana.destination.options": ["httplogs"] },
    says: [
      'kubeGateways.routes.kibana.destination.options[0]: "httplogs" is not one of the values it can have (did you mean "httplog"?)',
    ],
  },
  {
    breaks: "HTTP's words in mode tcp",
    changes: {
      "services.dash.mode": "tcp",
      "services.dash.balance": "uri",
      "services.dash.options": ["httplog", "httpclose"],
    },
    says: [
      'services.dash.balance: "uri" looks into requests, which mode tcp does not read: write mode http, or source',
      'services.dash.options[0]: "httplog" works in mode http only: write tcplog, or mode http',
      'services.dash.options[1]: "httpclose" works in mode http only: remove it, or write mode http',
    ],
  },
  {
    breaks: "an unknown mode",
    changes: { "services.dash.mode": "htp" },
    says: ['services.dash.mode: "htp" is not one of the values it can have (did you mean "http"?)'],
  },
  {
    breaks: "a check that asks for no path",
    changes: { "services.dash.check": { path: "healthz", intervalMs: 10, fall: 0 } },
    says: [
      'services.dash.check.path: "healthz" is not the path of a URL: it begins with "/", without blanks or quotes',
      "services.dash.check.intervalMs: 10 is not an interval: write 100 to 3600000 (milliseconds)",
      "services.dash.check.fall: 0 is not a number of checks: write 1 to 100",
    ],
  },
  {
    breaks: "a route that is named like a service",
    changes: {
      "kubeGateways.routes.dash": { port: 9091, destination: { group: { name: "search-pool" } } },
      "natGateways.0.openPorts": [{ network: "gateway-network", port: 9092 }],
      "webservers.routes.dash": {
        location: "/dash2/",
        upstream: { name: "stream_dash2", port: 9092, group: "nat-gateway-pool" },
      },
    },
    says: [
      'kubeGateways.routes.dash: "dash" is a service already, which has a route of its own: remove one of the two or rename it',
      'webservers.routes.dash: "dash" is a service already, which has a route of its own: remove one of the two or rename it',
    ],
  },
]);
