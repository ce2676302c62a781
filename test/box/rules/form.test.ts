import { describeViolations } from "../violations.ts";

describeViolations("form", [
  { breaks: "an unknown section", changes: { hots: {} }, says: ['hots: unknown key "hots" (did you mean "hosts"?)'] },
  {
    breaks: "an unknown key of an entry",
    changes: { "apps.argocd.prot": 30160, "kubeGateways.routes.kibana.destination.group.pool": "x" },
    says: [
      'apps.argocd.prot: unknown key "prot" (did you mean "port"?)',
      'kubeGateways.routes.kibana.destination.group.pool: unknown key "pool" (known: name, port)',
    ],
  },
  {
    breaks: "an unknown key, nothing near",
    changes: { "connection.password": "secret" },
    says: ['connection.password: unknown key "password" (known: user, network, port, bastion, from, knownHosts)'],
  },
  {
    breaks: "a port in quotes",
    changes: { "apps.argocd.port": "30160" },
    says: ['apps.argocd.port: "30160" is a text, expected a number: leave out the quotes'],
  },
  {
    breaks: "a fraction for a port",
    changes: { "apps.argocd.port": 30160.5 },
    says: ["apps.argocd.port: 30160.5 is a number, expected a whole number"],
  },
  {
    breaks: "a text for a list",
    changes: { "pools.webservers-pool": "webserver-1" },
    says: ['pools.webservers-pool: "webserver-1" is a text, expected a list: write [webserver-1]'],
  },
  {
    breaks: "a list for a mapping",
    changes: { "hosts.node-1.addresses": ["192.168.1.51"] },
    says: ['hosts.node-1.addresses: ["192.168.1.51"] is a list, expected a mapping'],
  },
  {
    breaks: "a number for a name",
    changes: { "connection.user": 0 },
    says: ["connection.user: 0 is a whole number, expected a text: put it in quotes"],
  },
  { breaks: "nothing", changes: { "hosts.node-1": null }, says: ["hosts.node-1: null is nothing, expected a mapping"] },
  {
    breaks: "a text for a truth value",
    changes: { "services.argocd.web.websocket": "yes" },
    says: ['services.argocd.web.websocket: "yes" is a text, expected true or false'],
  },
  {
    breaks: "a missing key",
    changes: { "connection.network": undefined, "apps.argocd.namespace": undefined },
    says: ["connection.network: is missing: write a text", "apps.argocd.namespace: is missing: write a text"],
  },
  { breaks: "a missing section", changes: { hosts: undefined }, says: ["hosts: is missing: write a mapping"] },
  {
    breaks: "a section of the wrong type",
    changes: { networks: "192.168.0.0/24" },
    says: ['networks: "192.168.0.0/24" is a text, expected a mapping'],
  },
  {
    breaks: "a name with capitals",
    changes: { "apps.ArgoCD": { port: 30170, namespace: "x" } },
    says: [
      'apps.ArgoCD: "ArgoCD" is not a name: write lower-case letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
    ],
  },
  {
    breaks: "an empty selector",
    changes: { "apps.argocd.selector": {} },
    says: ["apps.argocd.selector: {} is empty: it matches no pods; leave it out or name a label"],
  },
  {
    breaks: "a target port that is none",
    changes: { "apps.argocd.targetPort": "HTTP!" },
    says: ['apps.argocd.targetPort: "HTTP!" is neither a port nor the name of a container\'s port'],
  },
]);
