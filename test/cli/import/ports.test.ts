import assert from "node:assert/strict";
import { importChanged } from "./importing.ts";
import { describeImport } from "./reported.ts";

const proxy = "group_vars/kube_gateway_pool/proxy.yml: proxies.routes";
const names = ["argocd", "dash", "keycloak", "kibana", "v-admin", "pgadmin4"];
const otherPort = { web: { "pgadmin4.stream.port": 30164 } };

describeImport("apps and their ports", [
  {
    finds: "an app that is spelt otherwise than its route",
    apps: { "app.argocd": undefined, "app.arogcd": { port: 30160, namespace: "argocd" } },
    gateways: {
      "proxies.routes.argocd.port": "{{ app.arogcd.port }}",
      "proxies.routes.argocd.destination.group.port": "{{ app.arogcd.port }}",
    },
    tells: [
      'changed group_vars/all.yml: app.arogcd: "arogcd" is the app of route "argocd", and one name stands for one app: it is argocd everywhere; if arogcd is right, rename it in the stack file',
    ],
    writes: {
      "apps.argocd": { port: 30160, namespace: "argocd" },
      "apps.arogcd": undefined,
      "kubeGateways.routes.argocd.app": "argocd",
      "webservers.routes.argocd.upstream.app": "argocd",
    },
  },
  {
    finds: "a route that spells its app wrongly",
    gateways: { "proxies.routes.argocd.port": "{{ app.arogcd.port }}" },
    tells: [
      `changed ${proxy}.argocd.port: "{{ app.arogcd.port }}": "arogcd" is spelt "argocd" elsewhere: written as app "argocd"`,
    ],
    writes: { "kubeGateways.routes.argocd.app": "argocd" },
  },
  {
    finds: "a subtraction in disguise",
    gateways: { "proxies.routes.v-admin.port": "{{ app.v-admin.port }}" },
    tells: [
      `changed ${proxy}.v-admin.port: "{{ app.v-admin.port }}" is to Jinja the subtraction app.v - admin.port: written as the name of app "v-admin"`,
    ],
    writes: { "kubeGateways.routes.v-admin.app": "v-admin" },
  },
  {
    finds: "another expression",
    gateways: { "proxies.routes.dash.port": "{{ ports.dash }}" },
    tells: [
      'refused kubeGateways.routes.dash.port: "{{ ports.dash }}" is a Jinja expression, which nothing evaluates here: write the value itself',
    ],
    writes: { "kubeGateways.routes.dash.port": "{{ ports.dash }}" },
  },
  {
    finds: "a route with the port of another app than its name's",
    ...otherPort,
    tells: [
      'changed group_vars/webservers_pool.yml: pgadmin4.stream.port: 30164 is the port of app "v-admin", but the route is named after app "pgadmin4", whose port is 30165: written as app "v-admin"; write "app: pgadmin4" if that is meant',
    ],
    writes: { "webservers.routes.pgadmin4.upstream.app": "v-admin" },
  },
  {
    finds: "a route with a port of no app",
    web: { "pgadmin4.stream.port": 30174 },
    tells: [
      'changed group_vars/webservers_pool.yml: pgadmin4.stream.port: 30174 is no app\'s port, but the route is named after app "pgadmin4", whose port is 30165: kept as it is; write "app: pgadmin4" if that is meant',
      'refused webservers.routes.pgadmin4.upstream.port: port 30174 is not open on the gateways, no route or service declares it: app "pgadmin4" has port 30165, write "app: pgadmin4"',
    ],
    writes: { "webservers.routes.pgadmin4.upstream.port": 30174 },
  },
  {
    finds: "a group that repeats another port than the route's",
    gateways: { "proxies.routes.dash.destination.group.port": 30199 },
    tells: [
      `changed ${proxy}.dash.destination.group: 30199 is not 30161, the route's own port: left out, for a group has the route's port`,
    ],
    writes: { "kubeGateways.routes.dash.destination.group": { name: "kube-gateway-pool" } },
  },
  {
    finds: "an app without a namespace, and one whose port is left open",
    apps: { "app.dash": { port: "30161" }, "app.kibana.port": "XXXXX" },
    tells: [
      "fill apps.dash.namespace: the namespace of its pods; and targetPort, if it is not 80",
      'fill apps.kibana.port: its NodePort; "XXXXX" is none',
    ],
    writes: { "apps.dash": { port: 30161, namespace: "TO-FILL-IN" }, "apps.kibana.port": "TO-FILL-IN" },
  },
  {
    finds: "an app that is declared twice",
    hosts: { "all.children.search_pool.vars.app.dash": { port: 30171, namespace: "dash" } },
    tells: [
      'changed hosts.yml: all.children.search_pool.vars.app.dash: "dash" is declared twice: the port that stands here is taken',
      'changed group_vars/webservers_pool.yml: dash.stream.port: 30161 is no app\'s port, but the route is named after app "dash", whose port is 30171: kept as it is; write "app: dash" if that is meant',
      'refused webservers.routes.dash.upstream.port: port 30161 is not open on the gateways, no route or service declares it: app "dash" has port 30171, write "app: dash"',
    ],
    writes: { "apps.dash.port": 30171 },
  },
  {
    finds: "apps that stand between groups, as the documents show them",
    apps: { app: undefined },
    hosts: {
      "all.children.app": Object.fromEntries(names.map((name, at) => [name, { port: 30160 + at, namespace: "x" }])),
    },
    tells: ["changed hosts.yml: all.children.app: stands where groups stand, and is none: read as a variable of all"],
    writes: { "apps.pgadmin4": { port: 30165, namespace: "x" } },
  },
  {
    finds: "apps that give way to others, as Ansible has it",
    hosts: { "all.vars.app.wiki": { port: 30170 } },
    tells: [
      "left hosts.yml: all.vars.app: is left out: nothing in a stack file says this; see whether something else must do it",
    ],
    writes: { "apps.wiki": undefined },
  },
]);

describe("the stack file of a route with another app's port", () => {
  it("says so above the route", () => {
    assert.match(importChanged(otherPort).text, /# 30164 is the port of app "v-admin", .*\n {6}pgadmin4:\n/);
  });
});
