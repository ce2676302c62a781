import { describeViolations } from "../violations.ts";

describeViolations("params", [
  {
    breaks: "an unknown directive",
    changes: { "webservers.routes.kibana.params.proxy_set_headers": { values: "Host $host" } },
    says: [
      'webservers.routes.kibana.params.proxy_set_headers: unknown key "proxy_set_headers" (did you mean "proxy_set_header"?)',
    ],
  },
  {
    breaks: "a directive of another place",
    changes: { "webservers.routes.kibana.params.root": { values: "/etc" } },
    says: [
      'webservers.routes.kibana.params.root: unknown key "root" (known: add_header, allow, charset, client_body_buffer_size, client_body_timeout, client_max_body_size, default_type, deny, … 42 more)',
    ],
  },
  {
    breaks: "a value that ends the directive",
    changes: { "webservers.routes.kibana.params.proxy_read_timeout.values": "60s; root /etc" },
    says: [
      'webservers.routes.kibana.params.proxy_read_timeout.values: "60s; root /etc" cannot stand in a directive: ";" ends the directive; put the word in quotes or leave it out',
    ],
  },
  {
    breaks: "a value that opens a block",
    changes: { "webservers.routes.kibana.params.rewrite": { values: "^/a{2} / break" } },
    says: [
      'webservers.routes.kibana.params.rewrite.values: "^/a{2} / break" cannot stand in a directive: "{" is for blocks; put the word in quotes',
    ],
  },
  {
    breaks: "a value of two lines",
    changes: { "webservers.routes.kibana.params.add_header": { values: "A b\nroot /etc" } },
    says: [
      'webservers.routes.kibana.params.add_header.values: "A b\\nroot /etc" cannot stand in a directive: it holds a line break or another control character',
    ],
  },
  {
    breaks: "a value that begins a comment",
    changes: { "webservers.routes.kibana.params.add_header": { values: "A #b" } },
    says: [
      'webservers.routes.kibana.params.add_header.values: "A #b" cannot stand in a directive: "#" begins a comment; put the word in quotes',
    ],
  },
  {
    breaks: "a quote that is not closed",
    changes: { "webservers.routes.kibana.params.add_header": { values: 'A "b' } },
    says: [
      'webservers.routes.kibana.params.add_header.values: "A \\"b" cannot stand in a directive: the quote " is not closed',
    ],
  },
  {
    breaks: "a quote with something behind",
    changes: { "webservers.routes.kibana.params.add_header": { values: 'A "b"c' } },
    says: [
      'webservers.routes.kibana.params.add_header.values: "A \\"b\\"c" cannot stand in a directive: after a closing quote comes a blank, not "c"',
    ],
  },
  {
    breaks: "a backslash at the end",
    changes: { "webservers.routes.kibana.params.add_header": { values: "A b\\" } },
    says: [
      'webservers.routes.kibana.params.add_header.values: "A b\\\\" cannot stand in a directive: a backslash takes away the word\'s end; put the word in quotes',
    ],
  },
  {
    breaks: "an empty value",
    changes: { "webservers.routes.kibana.params.proxy_read_timeout.values": "" },
    says: [
      'webservers.routes.kibana.params.proxy_read_timeout.values: "" cannot stand in a directive: it is empty; an empty word is written \'""\'',
    ],
  },
  {
    breaks: "a header that a client may have sent",
    changes: { "webservers.routes.kibana.params.proxy_set_header.values.X-Forwarded-For": "$http_x_forwarded_for" },
    says: [
      'webservers.routes.kibana.params.proxy_set_header.values.X-Forwarded-For: "$http_x_forwarded_for" passes on $http_x_forwarded_for, which a client can set to anything: write $remote_addr',
    ],
  },
  {
    breaks: "a key of two words",
    changes: { "webservers.routes.kibana.params.proxy_set_header.values": { "Host a; root": "b" } },
    says: [
      'webservers.routes.kibana.params.proxy_set_header.values.Host a; root: "Host a; root" is not one plain word of nginx: quotes and blanks go into the value',
    ],
  },
  {
    breaks: "another upstream",
    changes: { "webservers.routes.kibana.params.proxy_pass.values": "http://stream_argocd" },
    says: [
      'webservers.routes.kibana.params.proxy_pass.values: "http://stream_argocd" does not lead to the route\'s own upstream: write http://stream_kibana, or http://stream_kibana/ to strip /kibana/ from the path',
    ],
  },
  {
    breaks: "an upstream past the gateways",
    changes: { "services.pgadmin4.web.params.proxy_pass.values": "http://192.168.1.31:5432/" },
    says: [
      'services.pgadmin4.web.params.proxy_pass.values: "http://192.168.1.31:5432/" does not lead to the route\'s own upstream: write http://stream_pgadmin4, or http://stream_pgadmin4/ to strip /pgadmin4/ from the path',
    ],
  },
  {
    breaks: "two upstreams",
    changes: {
      "webservers.routes.kibana.params.proxy_pass": { type: "repeat", values: { "http://stream_kibana": "x" } },
    },
    says: [
      'webservers.routes.kibana.params.proxy_pass: has several values, but a location passes to one upstream: write "values: http://stream_kibana"',
    ],
  },
  {
    breaks: "an unknown type",
    changes: { "webservers.routes.kibana.params.proxy_set_header.type": "repeated" },
    says: [
      'webservers.routes.kibana.params.proxy_set_header.type: "repeated" is not one of the values it can have (did you mean "repeat"?)',
    ],
  },
  {
    breaks: "a type that is no word",
    changes: { "webservers.routes.kibana.params.proxy_set_header.type": 5 },
    says: [
      "webservers.routes.kibana.params.proxy_set_header.type: 5 is not one of the values it can have (known: single, repeat)",
    ],
  },
  {
    breaks: "entries without their type",
    changes: { "webservers.routes.kibana.params.proxy_set_header.type": undefined },
    says: [
      'webservers.routes.kibana.params.proxy_set_header.values: is a mapping, but one line has one value: write "type: repeat" for a line for each entry',
    ],
  },
  {
    breaks: "one value where each entry has a line",
    changes: { "services.pgadmin4.web.params.add_header": { type: "repeat", values: "X-Frame-Options DENY" } },
    says: [
      'services.pgadmin4.web.params.add_header.values: "X-Frame-Options DENY" is one value, but each entry has a line of its own: write a mapping, or leave "type: repeat" out for one line',
    ],
  },
  {
    breaks: "a switch that YAML took for a truth value",
    changes: { "webservers.routes.kibana.params.proxy_buffering": { values: false } },
    says: ["webservers.routes.kibana.params.proxy_buffering.values: false is neither a text, a number nor a mapping"],
  },
  {
    breaks: "an entry that is a list",
    changes: { "webservers.routes.kibana.params.proxy_set_header.values.Host": ["a"] },
    says: ["webservers.routes.kibana.params.proxy_set_header.values.Host: is neither a text nor a number"],
  },
  {
    breaks: "a directive without values",
    changes: { "webservers.routes.kibana.params.proxy_buffering": { type: "single" } },
    says: [
      "webservers.routes.kibana.params.proxy_buffering.values: is missing: write what follows the directive's name",
    ],
  },
]);
