import { describeViolations } from "../violations.ts";

describeViolations("unknown names", [
  {
    breaks: "an app, misspelt where it is declared",
    changes: { "apps.argocd": undefined, "apps.arogcd": { port: 30160, namespace: "argocd" } },
    says: ['services.argocd.app: unknown app "argocd" (did you mean "arogcd"?)'],
  },
  {
    breaks: "an app, nothing near",
    changes: { "kubeGateways.routes.kibana.app": "monitoring" },
    says: [
      'kubeGateways.routes.kibana.app: unknown app "monitoring" (known: argocd, dash, keycloak, kibana, v-admin, pgadmin4)',
    ],
  },
  {
    breaks: "a host in a pool",
    changes: { "pools.webservers-pool.1": "webserver-3" },
    says: ['pools.webservers-pool[1]: unknown host "webserver-3" (did you mean "webserver-1"?)'],
  },
  {
    breaks: "a network of a host",
    changes: { "hosts.node-1.addresses": { boxnetwork: "192.168.1.51" } },
    says: ['hosts.node-1.addresses.boxnetwork: unknown network "boxnetwork" (did you mean "box-network"?)'],
  },
  {
    breaks: "a network of an interface",
    changes: { "hosts.gateway-1.interfaces": { "public-gateway": "ens19" } },
    says: [
      'hosts.gateway-1.interfaces.public-gateway: unknown network "public-gateway" (known: public-network, box-network, gateway-network)',
    ],
  },
  {
    breaks: "the connection's network",
    changes: { "connection.network": "box-netwrok" },
    says: ['connection.network: unknown network "box-netwrok" (did you mean "box-network"?)'],
  },
  {
    breaks: "a host's connection network",
    changes: { "hosts.webserver-1.connection.network": "public" },
    says: [
      'hosts.webserver-1.connection.network: unknown network "public" (known: public-network, box-network, gateway-network)',
    ],
  },
  {
    breaks: "a bastion",
    changes: { "hosts.gateway-3.connection.bastion": "supervisor" },
    says: ['hosts.gateway-3.connection.bastion: unknown host "supervisor" (did you mean "supervisor-1"?)'],
  },
  {
    breaks: "the default bastion",
    changes: { "connection.bastion": "supervisr-1" },
    says: ['connection.bastion: unknown host "supervisr-1" (did you mean "supervisor-1"?)'],
  },
  {
    breaks: "pools of the sections",
    changes: { "kubeGateways.pool": "kube_gateway_pool", "webservers.pool": "web" },
    says: [
      'kubeGateways.pool: unknown pool "kube_gateway_pool" (did you mean "kube-gateway-pool"?)',
      'webservers.pool: unknown pool "web" (known: webservers-pool, kube-gateway-pool, nat-gateway-pool, supervisors-pool, masters-pool, nodes-pool, databases-pool, search-pool)',
    ],
  },
  {
    breaks: "networks of the sections",
    changes: {
      "kubeGateways.network": "cluster-gateway",
      "kubeGateways.backendNetwork": "box",
      "webservers.network": "public-gateway",
      "webservers.upstreamNetwork": "gatway-network",
    },
    says: [
      'kubeGateways.network: unknown network "cluster-gateway" (known: public-network, box-network, gateway-network)',
      'kubeGateways.backendNetwork: unknown network "box" (known: public-network, box-network, gateway-network)',
      'webservers.network: unknown network "public-gateway" (known: public-network, box-network, gateway-network)',
      'webservers.upstreamNetwork: unknown network "gatway-network" (did you mean "gateway-network"?)',
    ],
  },
  {
    breaks: "a destination's group",
    changes: { "kubeGateways.routes.kibana.destination.group.name": "kube-gatway-pool" },
    says: [
      'kubeGateways.routes.kibana.destination.group.name: unknown pool "kube-gatway-pool" (did you mean "kube-gateway-pool"?)',
    ],
  },
  {
    breaks: "a stream's app and group",
    changes: {
      "webservers.routes.kibana.upstream.app": "kibanna",
      "webservers.routes.kibana.upstream.group": "kube_gateway_pool",
    },
    says: [
      'webservers.routes.kibana.upstream.app: unknown app "kibanna" (did you mean "kibana"?)',
      'webservers.routes.kibana.upstream.group: unknown pool "kube_gateway_pool" (did you mean "kube-gateway-pool"?)',
    ],
  },
  {
    breaks: "a service's app",
    changes: { "services.argocd.app": "arogcd" },
    says: ['services.argocd.app: unknown app "arogcd" (did you mean "argocd"?)'],
  },
  {
    breaks: "a service's app by its own name",
    changes: { "services.grafana": {} },
    says: ['services.grafana.app: unknown app "grafana" (known: argocd, dash, keycloak, kibana, v-admin, pgadmin4)'],
  },
  {
    breaks: "an app where none is declared",
    changes: { apps: {}, services: {}, "webservers.routes": {} },
    says: ['kubeGateways.routes.kibana.app: unknown app "kibana": none is declared under apps'],
  },
  {
    breaks: "a name that every object has",
    changes: { "services.argocd.app": "constructor" },
    says: ['services.argocd.app: unknown app "constructor" (known: argocd, dash, keycloak, kibana, v-admin, pgadmin4)'],
  },
]);
