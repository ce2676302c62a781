import assert from "node:assert/strict";
import fc from "fast-check";
import { exposeService, parseBox, type ServiceDeclaration } from "../../box/index.ts";
import { parseProtobox, violationsOf } from "./parsing.ts";
import { exported } from "./exported.ts";
import { randomBox } from "./randomBox.ts";

const wiki = { app: { port: 30170, namespace: "wiki", targetPort: 8080 } };

/** Something wrong with a service, and every violation that is reported, word for word. */
interface BrokenService {
  readonly breaks: string;
  readonly declaration: Readonly<Record<string, unknown>>;
  readonly says: readonly string[];
}

const brokenServices: readonly BrokenService[] = [
  {
    breaks: "a port that is no NodePort",
    declaration: { app: { ...wiki.app, port: 29999 } },
    says: [
      "services.wiki.app.port: 29999 is outside of the NodePorts 30000–32767 that Kubernetes gives: 30166 is free",
    ],
  },
  {
    breaks: "the port of a service",
    declaration: { app: { ...wiki.app, port: 30160 } },
    says: ['services.wiki.app.port: 30160 is the port of app "argocd" already: 30166 is free'],
  },
  {
    breaks: "the port of a route of the gateways' own table",
    declaration: { app: { ...wiki.app, port: 30163 } },
    says: ['services.wiki.app.port: 30163 is the port of app "kibana" already: 30166 is free'],
  },
  {
    breaks: "the location of a service",
    declaration: { ...wiki, web: { location: "/argocd/" } },
    says: ["services.wiki.web.location: /argocd/ is declared by services.argocd already: keep one"],
  },
  {
    breaks: "the location of a route of the web servers' own table",
    declaration: { ...wiki, web: { location: "/kibana/" } },
    says: ["services.wiki.web.location: /kibana/ is declared by webservers.routes.kibana already: keep one"],
  },
  {
    breaks: "a location without slashes",
    declaration: { ...wiki, web: { location: "wiki" } },
    says: [
      'services.wiki.web.location: "wiki" is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
    ],
  },
  {
    breaks: "requests that are passed to another upstream",
    declaration: { ...wiki, web: { params: { proxy_pass: { values: "http://stream_argocd" } } } },
    says: [
      'services.wiki.web.params.proxy_pass.values: "http://stream_argocd" does not lead to the route\'s own upstream: write http://stream_wiki, or http://stream_wiki/ to strip /wiki/ from the path',
    ],
  },
  {
    breaks: "a header that a client can forge",
    declaration: {
      ...wiki,
      web: {
        params: {
          proxy_set_header: { type: "repeat", values: { "X-Forwarded-For": "$http_x_forwarded_for" } },
        },
      },
    },
    says: [
      'services.wiki.web.params.proxy_set_header.values.X-Forwarded-For: "$http_x_forwarded_for" passes on $http_x_forwarded_for, which a client can set to anything: write $remote_addr',
    ],
  },
  {
    breaks: "an option that mode tcp does not have",
    declaration: { ...wiki, mode: "tcp", options: ["httplog"] },
    says: ['services.wiki.options[0]: "httplog" works in mode http only: write tcplog, or mode http'],
  },
  {
    breaks: "an expression of Jinja",
    declaration: { app: { ...wiki.app, namespace: "{{ namespace }}" } },
    says: [
      'services.wiki.app.namespace: "{{ namespace }}" is a Jinja expression, which nothing evaluates here: write the value itself',
    ],
  },
  {
    breaks: "unknown keys",
    declaration: { app: { ...wiki.app, targetPorts: 80 }, balanse: "source" },
    says: [
      'services.wiki.app.targetPorts: unknown key "targetPorts" (did you mean "targetPort"?)',
      'services.wiki.balanse: unknown key "balanse" (did you mean "balance"?)',
    ],
  },
  {
    breaks: "wrong types",
    declaration: { app: { ...wiki.app, port: "30170" }, web: { websocket: "yes" } },
    says: [
      'services.wiki.app.port: "30170" is a text, expected a number: leave out the quotes',
      'services.wiki.web.websocket: "yes" is a text, expected true or false',
    ],
  },
  {
    breaks: "an app without namespace, and a location that is taken",
    declaration: { app: { port: 30170 }, web: { location: "/argocd/" } },
    says: [
      "services.wiki.app.namespace: is missing: write a text",
      "services.wiki.web.location: /argocd/ is declared by services.argocd already: keep one",
    ],
  },
];

/** What the stack file says about the same service, by the paths of a declaration. */
function inStackFile({ app, ...service }: Readonly<Record<string, unknown>>): string[] {
  const violations = violationsOf(() => parseProtobox({ "apps.wiki": app, "services.wiki": service }));
  return violations.map((violation) => violation.replace(/^apps\.wiki/, "services.wiki.app"));
}

describe("a service exposed from another stack", () => {
  const box = exported(parseProtobox());
  const expose = (name: string, declaration: unknown, on = box) =>
    exposeService(on, name, declaration as ServiceDeclaration);

  it("is what one configuration with both would have made", () => {
    fc.assert(
      fc.property(randomBox, fc.nat(), ({ values, knownHosts }, choice) => {
        const whole = parseBox({ name: "random", values, readFile: () => undefined, knownHosts });
        const names = whole.services.map(({ name }) => name);
        const name = names[choice % names.length]!;
        const { [name]: app, ...apps } = values["apps"] as Record<string, ServiceDeclaration["app"]>;
        const { [name]: service, ...services } = values["services"] as Record<string, object>;
        const without = { ...values, apps, services };
        const rest = exported(parseBox({ name: "random", values: without, readFile: () => undefined, knownHosts }));
        const exposed = exposeService(rest, name, { ...service, app: app! });
        assert.deepEqual(
          exposed,
          whole.services.find((one) => one.name === name),
        );
      }),
    );
  });

  it("may use every word of the stack file", () => {
    const service = {
      mode: "http",
      balance: "leastconn",
      options: ["httplog"],
      check: { path: "/healthz", intervalMs: 1000 },
      web: {
        location: "/books/wiki/",
        websocket: true,
        params: { proxy_read_timeout: { values: 60 }, proxy_pass: { values: "http://stream_wiki/" } },
      },
    };
    const app = { ...wiki.app, servicePort: 8080, selector: { app: "wiki", tier: "web" } };
    const { services } = parseProtobox({ "apps.wiki": app, "services.wiki": service });
    assert.deepEqual(expose("wiki", { ...service, app }), services.at(-1));
  });

  for (const { breaks, declaration, says } of brokenServices) {
    it(`with ${breaks} is refused in the words of the stack file`, () => {
      const violations = violationsOf(() => expose("wiki", declaration));
      assert.deepEqual(violations, says);
      assert.deepEqual(new Set(violations), new Set(inStackFile(declaration)));
    });
  }

  it("brings its app along, and is a mapping itself", () => {
    assert.deepEqual(
      violationsOf(() => expose("wiki", {})),
      ["services.wiki.app: is missing: write a mapping"],
    );
    assert.deepEqual(
      violationsOf(() => expose("wiki", { app: "argocd" })),
      ['services.wiki.app: "argocd" is a text, expected a mapping'],
    );
    assert.deepEqual(
      violationsOf(() => expose("wiki", "argocd")),
      ['services.wiki: "argocd" is a text, expected a mapping'],
    );
  });

  it("has a name of its own", () => {
    const already = "of the box already: choose another name";
    const violations = (name: string) => violationsOf(() => expose(name, wiki));
    assert.deepEqual(violations("argocd"), [`services.argocd: "argocd" is a service and an app ${already}`]);
    assert.deepEqual(violations("kibana"), [
      `services.kibana: "kibana" is a route of kubeGateways and a route of webservers and an app ${already}`,
    ]);
    assert.deepEqual(violations("Wiki"), [
      'services.Wiki: "Wiki" is not a name: write lower-case letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
    ]);
    assert.equal(expose("constructor", wiki).web?.upstream.name, "stream_constructor");
  });

  it("has an upstream of its own, whatever else the pool of the gateways is called", () => {
    const pool = { "pools.again-pool": ["gateway-1", "gateway-2", "gateway-3"] };
    const route = { location: "/books/", upstream: { name: "stream_wiki", app: "kibana" } };
    const shared = exported(parseProtobox({ ...pool, "webservers.routes.books": route }));
    assert.deepEqual(
      violationsOf(() => expose("wiki", wiki, shared)),
      [
        'services.wiki: upstream "stream_wiki" leads to kube-gateway-pool:30170 here and to kube-gateway-pool:30163 in webservers.routes.books: give one of them another name',
      ],
    );
  });

  it("is refused in one message, which names service and box", () => {
    assert.throws(() => expose("wiki", { app: { ...wiki.app, port: 30160 } }), {
      name: "BoxError",
      message: `Service "wiki" on box "protobox" has 1 violation:
  services.wiki.app.port: 30160 is the port of app "argocd" already: 30166 is free`,
    });
  });

  it("is plain data: a value that is not yet known is refused by its path", () => {
    const output = Object.assign(() => undefined, { apply: () => undefined });
    const says = "is not plain data: write the value itself; what is known only while it is deployed cannot be checked";
    assert.deepEqual(
      violationsOf(() => expose("wiki", { app: { ...wiki.app, namespace: output }, options: [new Date()] })),
      [`services.wiki.app.namespace: ${says}`, `services.wiki.options[0]: ${says}`],
    );
  });

  it("does not change what it was declared with", () => {
    const declaration = { ...structuredClone(wiki), web: { params: {} } };
    const before = structuredClone(declaration);
    expose("wiki", declaration);
    assert.deepEqual(declaration, before);
  });
});
