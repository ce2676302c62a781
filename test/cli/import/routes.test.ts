import { describeImport } from "./reported.ts";

const stream = { name: "stream_prometheus", port: 9090, group: "nat_gateway_pool" };

describeImport("routes", [
  {
    finds: "several locations of one upstream",
    web: { "dash.webserver": [{ location: "/dash/" }, { location: "/dash/api/live/" }, { location: "/board/" }] },
    tells: [],
    writes: {
      "webservers.routes.dash.location": "/dash/",
      "webservers.routes.dash-api-live.location": "/dash/api/live/",
      "webservers.routes.dash-board.location": "/board/",
      "webservers.routes.dash-board.upstream": { name: "stream_dash", app: "dash", group: "kube-gateway-pool" },
    },
  },
  {
    finds: "a program of the NAT gateways, whose port then has to be open there",
    web: { prometheus: { webserver: [{ location: "/prometheus/" }], stream } },
    tells: [],
    writes: {
      "webservers.routes.prometheus.upstream": { ...stream, group: "nat-gateway-pool" },
      "natGateways.0.openPorts": [{ network: "gateway-network", port: 9090 }],
    },
  },
  {
    finds: "a header that clients can fill",
    web: {
      "dash.webserver.0.params.proxy_set_header.values": {
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        Host: "$host",
      },
    },
    tells: [
      'changed group_vars/webservers_pool.yml: dash.webserver[0].params: X-Forwarded-For: "$proxy_add_x_forwarded_for" keeps whatever a client claims, and the web servers are the first that it speaks to: written as $remote_addr',
    ],
    writes: {
      "webservers.routes.dash.params.proxy_set_header.values": { "X-Forwarded-For": "$remote_addr", Host: "$host" },
    },
  },
  {
    finds: "gateway routes by themselves in a file of their group, and single servers",
    more: [
      {
        path: "inventories/old/kube_gateway_pool/mail.yml",
        text: "mail: { mode: tcp, port: 2525, destination: { addresses: [{ name: a, address: 192.168.1.31, port: 25 }] } }",
      },
    ],
    tells: [],
    writes: {
      "kubeGateways.routes.mail": {
        mode: "tcp",
        port: 2525,
        destination: { addresses: [{ name: "a", address: "192.168.1.31", port: 25 }] },
      },
    },
  },
  {
    finds: "two routes of one name",
    more: [
      {
        path: "group_vars/kube_gateway_pool/second.yml",
        text: 'dash: { port: "{{ app.dash.port }}", destination: { group: { name: kube_gateway_pool } } }',
      },
    ],
    tells: [
      'changed group_vars/kube_gateway_pool/proxy.yml: proxies.routes.dash: "dash" gives way to group_vars/kube_gateway_pool/second.yml: dash: keep one of the two',
    ],
    writes: { "kubeGateways.routes.dash.mode": undefined },
  },
  {
    finds: "no routes at all, where names of pools tell which they are",
    gateways: { proxies: undefined },
    web: Object.fromEntries(
      ["argocd", "dash", "keycloak", "kibana", "v-admin", "pgadmin4"].map((app) => [app, undefined]),
    ),
    tells: [],
    writes: { "kubeGateways.pool": "kube-gateway-pool", "webservers.pool": "webservers-pool" },
  },
  {
    finds: "a directive that nginx does not have there",
    web: { "dash.webserver.0.params.proxypass": { values: "x" } },
    tells: ['refused webservers.routes.dash.params.proxypass: unknown key "proxypass" (did you mean "proxy_pass"?)'],
  },
]);
