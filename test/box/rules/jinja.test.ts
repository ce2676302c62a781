import { describeViolations } from "../violations.ts";

describeViolations("Jinja", [
  {
    breaks: "a subtraction in disguise",
    changes: {
      "kubeGateways.routes.kibana.app": undefined,
      "kubeGateways.routes.kibana.port": "{{ app.v-admin.port }}",
    },
    says: [
      'kubeGateways.routes.kibana.port: "{{ app.v-admin.port }}" is a Jinja expression, which nothing evaluates here (and Jinja itself would subtract: app.v - admin.port): write "app: v-admin" instead',
    ],
  },
  {
    breaks: "a misspelt app",
    changes: {
      "webservers.routes.kibana.upstream.app": undefined,
      "webservers.routes.kibana.upstream.port": "{{ app.arogcd.port }}",
    },
    says: [
      'webservers.routes.kibana.upstream.port: "{{ app.arogcd.port }}" is a Jinja expression, which nothing evaluates here: write "app: argocd" instead',
    ],
  },
  {
    breaks: "in a list, in a key, and at any depth",
    changes: {
      "webservers.serverNames": ["{{ name }}"],
      "webservers.routes.kibana.params.proxy_set_header.values.Host": "{{ host }}",
      "hosts.{{ inventory_hostname }}": {},
    },
    says: [
      'hosts.{{ inventory_hostname }}: "{{ inventory_hostname }}" is a Jinja expression, which nothing evaluates here: write the value itself',
      'webservers.serverNames[0]: "{{ name }}" is a Jinja expression, which nothing evaluates here: write the value itself',
      'webservers.routes.kibana.params.proxy_set_header.values.Host: "{{ host }}" is a Jinja expression, which nothing evaluates here: write the value itself',
    ],
  },
  {
    breaks: "a statement",
    changes: { "webservers.routes.kibana.params.proxy_read_timeout.values": "{% if slow %}60s{% endif %}" },
    says: [
      'webservers.routes.kibana.params.proxy_read_timeout.values: "{% if slow %}60s{% endif %}" is a Jinja expression, which nothing evaluates here: write the value itself',
    ],
  },
]);
