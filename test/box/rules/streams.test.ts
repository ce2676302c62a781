import { describeViolations } from "../violations.ts";

describeViolations("locations and streams", [
  {
    breaks: "two routes on one location",
    changes: { "webservers.routes.logs": { location: "/kibana/", upstream: { app: "kibana" } } },
    says: ["webservers.routes.logs.location: /kibana/ is declared by webservers.routes.kibana already: keep one"],
  },
  {
    breaks: "a route and a service on one location",
    changes: { "services.dash.web": { location: "/kibana/" } },
    says: ["services.dash.web.location: /kibana/ is declared by webservers.routes.kibana already: keep one"],
  },
  {
    breaks: "no slash in front",
    changes: { "webservers.routes.kibana.location": "kibana/" },
    says: [
      'webservers.routes.kibana.location: "kibana/" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
    ],
  },
  {
    breaks: "no slash at the end",
    changes: { "webservers.routes.kibana.location": "/kibana" },
    says: [
      'webservers.routes.kibana.location: "/kibana" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
    ],
  },
  {
    breaks: "a location that leads upwards",
    changes: { "webservers.routes.kibana.location": "/a/../b/" },
    says: [
      'webservers.routes.kibana.location: "/a/../b/" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
    ],
  },
  {
    breaks: "a location that would break out",
    changes: { "webservers.routes.kibana.location": "/a;b/" },
    says: [
      'webservers.routes.kibana.location: "/a;b/" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
    ],
  },
  {
    breaks: "one upstream for two ports",
    changes: { "webservers.routes.logs": { location: "/logs/", upstream: { name: "stream_kibana", app: "dash" } } },
    says: [
      'webservers.routes.logs.upstream: upstream "stream_kibana" leads to kube-gateway-pool:30161 here and to kube-gateway-pool:30163 in webservers.routes.kibana: give one of them another name',
    ],
  },
  {
    breaks: "the documents' 30164 for pgadmin4, whose port is 30165",
    changes: {
      "apps.v-admin": undefined,
      "services.v-admin": undefined,
      "services.pgadmin4": undefined,
      "kubeGateways.routes.pgadmin4": { app: "pgadmin4", destination: { group: { name: "kube-gateway-pool" } } },
      "webservers.routes.pgadmin4": {
        location: "/v-admin/",
        params: { proxy_pass: { values: "http://stream_vadmin" } },
        upstream: { name: "stream_vadmin", port: 30164, group: "kube-gateway-pool" },
      },
    },
    says: [
      'webservers.routes.pgadmin4.upstream.port: port 30164 is not open on the gateways, no route or service declares it: app "pgadmin4" has port 30165, write "app: pgadmin4"',
    ],
  },
  {
    breaks: "the same where 30164 is another app's",
    changes: {
      "services.pgadmin4": undefined,
      "services.v-admin.web": { location: "/admin/" },
      "kubeGateways.routes.pgadmin4": { app: "pgadmin4", destination: { group: { name: "kube-gateway-pool" } } },
      "webservers.routes.pgadmin4": {
        location: "/v-admin/",
        upstream: { name: "stream_vadmin", port: 30164, group: "kube-gateway-pool" },
      },
    },
    says: [
      'webservers.routes.pgadmin4.upstream.port: 30164 is the port of app "v-admin", but the route is named after app "pgadmin4", whose port is 30165: write "app: pgadmin4" or "app: v-admin"',
    ],
  },
  {
    breaks: "a closed port near an open one",
    changes: {
      "webservers.routes.logs": { location: "/logs/", upstream: { port: 30169, group: "kube-gateway-pool" } },
    },
    says: [
      'webservers.routes.logs.upstream.port: port 30169 is not open on the gateways, no route or service declares it: services.pgadmin4 has port 30165, write "app: pgadmin4"',
    ],
  },
  {
    breaks: "a closed port near none",
    changes: { "webservers.routes.logs": { location: "/logs/", upstream: { port: 31000 } } },
    says: [
      "webservers.routes.logs.upstream.port: port 31000 is not open on the gateways, no route or service declares it: declare it under kubeGateways.routes",
    ],
  },
  {
    breaks: "a closed port near a route without an app",
    changes: {
      "kubeGateways.routes.stats": { port: 32001, destination: { group: { name: "nodes-pool" } } },
      "webservers.routes.logs": { location: "/logs/", upstream: { port: 32000 } },
    },
    says: [
      "webservers.routes.logs.upstream.port: port 32000 is not open on the gateways, no route or service declares it: kubeGateways.routes.stats has port 32001",
    ],
  },
  {
    breaks: "the port of an app that is not declared on the gateways",
    changes: {
      "apps.grafana": { port: 30166, namespace: "monitoring" },
      "webservers.routes.logs": { location: "/logs/", upstream: { port: 30166 } },
    },
    says: [
      'webservers.routes.logs.upstream.port: port 30166 is not open on the gateways, no route or service declares it: it is the port of app "grafana", declare a route for it',
    ],
  },
  {
    breaks: "an app that is not declared on the gateways",
    changes: {
      "apps.grafana": { port: 30166, namespace: "monitoring" },
      "webservers.routes.grafana": { location: "/grafana/", upstream: { app: "grafana" } },
    },
    says: [
      'webservers.routes.grafana.upstream.app: app "grafana" is not declared on the gateways, so its port is closed: write a route under kubeGateways.routes, or expose it under services instead',
    ],
  },
  {
    breaks: "a stream without a port",
    changes: { "webservers.routes.kibana.upstream.app": undefined },
    says: ["webservers.routes.kibana.upstream: has no port: write app (its name) or port (a number)"],
  },
  {
    breaks: "bad server names",
    changes: { "webservers.serverNames": ["protobox.test", "https://protobox.test/", "protobox.test"] },
    says: [
      'webservers.serverNames[1]: "https://protobox.test/" is not a host name: write it in lower case, without scheme, port or path',
      'webservers.serverNames[2]: "protobox.test" is listed already',
    ],
  },
  {
    breaks: "a server name twice",
    changes: { "webservers.serverNames": ["protobox.test", "protobox.test"] },
    says: ['webservers.serverNames[1]: "protobox.test" is listed already'],
  },
]);
