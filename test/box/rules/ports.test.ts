import { describeViolations } from "../violations.ts";

describeViolations("ports", [
  {
    breaks: "an app outside of the NodePorts",
    changes: { "apps.argocd.port": 8080 },
    says: ["apps.argocd.port: 8080 is outside of the NodePorts 30000–32767 that Kubernetes gives: 30166 is free"],
  },
  {
    breaks: "two apps on one port",
    changes: { "apps.dash.port": 30160 },
    says: ['apps.dash.port: 30160 is the port of app "argocd" already: 30161 is free'],
  },
  {
    breaks: "two routes on one port",
    changes: { "kubeGateways.routes.search": { app: "kibana", destination: { group: { name: "kube-gateway-pool" } } } },
    says: [
      "kubeGateways.routes.search.app: port 30163 of the gateways is declared by kubeGateways.routes.kibana already: keep one",
    ],
  },
  {
    breaks: "a route and a service on one port",
    changes: { "kubeGateways.routes.cd": { app: "argocd", destination: { group: { name: "kube-gateway-pool" } } } },
    says: ["services.argocd.app: port 30160 of the gateways is declared by kubeGateways.routes.cd already: keep one"],
  },
  {
    breaks: "SSH's port",
    changes: {
      "kubeGateways.routes.git": { mode: "tcp", port: 22, destination: { group: { name: "nat-gateway-pool" } } },
    },
    says: ["kubeGateways.routes.git.port: 22 belongs to SSH: choose another port"],
  },
  {
    breaks: "the kubelet's port",
    changes: {
      "kubeGateways.routes.nodes": { mode: "tcp", port: 10250, destination: { group: { name: "kube-gateway-pool" } } },
    },
    says: ["kubeGateways.routes.nodes.port: 10250 belongs to the kubelet: choose another port"],
  },
  {
    breaks: "the metrics' port",
    changes: { "kubeGateways.routes.metrics": { port: 8405, destination: { group: { name: "search-pool" } } } },
    says: ["kubeGateways.routes.metrics.port: 8405 belongs to HAProxy's metrics (metricsPort): choose another port"],
  },
  {
    breaks: "metrics on a taken port",
    changes: { "kubeGateways.metricsPort": 10256 },
    says: ["kubeGateways.metricsPort: 10256 belongs to kube-proxy's health: choose another port"],
  },
  {
    breaks: "a literal port of the gateways that is no NodePort",
    changes: {
      "kubeGateways.routes.prometheus": { port: 9090, destination: { group: { name: "kube-gateway-pool" } } },
    },
    says: [
      "kubeGateways.routes.prometheus.port: 9090 is outside of the NodePorts 30000–32767, and the hosts of kube-gateway-pool serve only those: write app",
    ],
  },
  {
    breaks: "the port of another app than the route's name",
    changes: { "kubeGateways.routes.kibana.app": undefined, "kubeGateways.routes.kibana.port": 30164 },
    says: [
      'kubeGateways.routes.kibana.port: 30164 is the port of app "v-admin", but the route is named after app "kibana", whose port is 30163: write "app: kibana" or "app: v-admin"',
      'webservers.routes.kibana.upstream.app: app "kibana" is not declared on the gateways, so its port is closed: write a route under kubeGateways.routes, or expose it under services instead',
      "services.v-admin.app: port 30164 of the gateways is declared by kubeGateways.routes.kibana already: keep one",
    ],
  },
  {
    breaks: "neither app nor port",
    changes: { "kubeGateways.routes.kibana.app": undefined },
    says: ["kubeGateways.routes.kibana: has no port: write app (its name) or port (a number)"],
  },
  {
    breaks: "app and port",
    changes: { "kubeGateways.routes.kibana.port": 30163 },
    says: ['kubeGateways.routes.kibana: has app "kibana" and port 30163: a port has one source, keep app'],
  },
  {
    breaks: "a group that repeats another port",
    changes: { "kubeGateways.routes.kibana.destination.group.port": 30164 },
    says: [
      'kubeGateways.routes.kibana.destination.group.port: 30164 is not 30163, the port of app "kibana": remove it, the group has the route\'s port',
    ],
  },
]);
