import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { exposeService, parseBox, readBox, writtenBox, type Box, type ServiceDeclaration } from "../../box/index.ts";
import { hostKeyFor } from "./hostKey.ts";
import { parseProtobox, violationsOf } from "./parsing.ts";
import { protoboxKnownHosts, protoboxValues } from "./protobox.ts";
import { randomBox } from "./randomBox.ts";

/** A box as another stack gets it. */
function exported(box: Box): Box {
  return readBox(JSON.parse(JSON.stringify(writtenBox(box))));
}

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
    assert.equal(expose("constructor", wiki).web.upstream.name, "stream_constructor");
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

describe("a box that another stack reads", () => {
  const written = () => JSON.parse(JSON.stringify(writtenBox(parseProtobox()))) as Record<string, unknown>;
  const subject = "What was given as a box has 1 violation:";
  const hint = 'write `readBox((await new pulumi.StackReference(STACK).getOutputDetails("box")).value)`';
  const fault = (output: unknown): string => {
    try {
      readBox(output);
      return "";
    } catch (error) {
      assert.equal((error as Error).name, "BoxError");
      return (error as Error).message;
    }
  };

  it("is the same box", () => {
    assert.deepEqual(exported(parseProtobox()), parseProtobox());
    fc.assert(
      fc.property(randomBox, ({ values, knownHosts }) => {
        const box = parseBox({ name: "random", values, readFile: () => undefined, knownHosts });
        assert.deepEqual(exported(box), box);
        assert.deepEqual(writtenBox(exported(box)), writtenBox(box));
      }),
      { numRuns: 30 },
    );
  });

  it("has host keys and the certificate in it, and needs no file", () => {
    const certificate = readFileSync(new URL("../components/certificate.pem", import.meta.url), "utf8");
    const changes = { "connection.knownHosts": "known_hosts", "webservers.tls": { certificate: "tls/box.pem" } };
    const files = { known_hosts: protoboxKnownHosts(), "tls/box.pem": certificate };
    const box = parseProtobox(changes, { files, knownHosts: null });
    const { configuration } = writtenBox(box) as { configuration: Record<string, Record<string, unknown>> };
    assert.deepEqual(configuration["hosts"]?.["gateway-1"], {
      ...(protoboxValues()["hosts"] as Record<string, object>)["gateway-1"],
      hostKey: hostKeyFor("gateway-1"),
    });
    assert.equal(configuration["connection"]?.["knownHosts"], undefined);
    assert.deepEqual(configuration["webservers"]?.["tls"], { certificate });
    assert.deepEqual(exported(box), box);
  });

  it("does not depend on the order of keys, which the engine changes", () => {
    const sorted = (value: unknown): unknown =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .sort(([left], [right]) => (left < right ? -1 : 1))
              .map(([key, item]) => [key, sorted(item)]),
          );
    const box = readBox(sorted(written()));
    const expose = (on: Box) => exposeService(on, "wiki", wiki);
    assert.deepEqual(expose(box), expose(parseProtobox()));
    assert.deepEqual(box.pools, parseProtobox().pools);
  });

  it("is missing when the stack exports none", () => {
    assert.equal(
      fault(undefined),
      `${subject}
  box: is missing: the stack exports no \`box\`, or keeps it secret, or has not been deployed; ${hint}`,
    );
  });

  it("is plain data", () => {
    for (const other of [null, "box", [], new Map(), () => undefined])
      assert.match(fault(other), /box: is not plain data;/);
  });

  it("of an earlier version is refused with what to do", () => {
    const { name, hosts, kubeGateways } = parseProtobox();
    assert.equal(
      fault({ name, hosts, kubeGateways }),
      `${subject}
  box: is what an earlier version of Gatebox exported: run "pulumi up" of the box's stack with this version, then this one again`,
    );
  });

  it("is an output of Gatebox", () => {
    assert.equal(
      fault({ url: "https://wiki.test" }),
      `${subject}
  box: has no name, gatebox and configuration: write the output \`box\` of a stack of Gatebox, as it is`,
    );
  });

  it("that breaks a rule of this version says which versions there are", () => {
    const { configuration, ...rest } = written();
    const broken = { ...(configuration as object), networks: { more: "192.168.0.1/16" } };
    const later = fault({ ...rest, gatebox: "0.2.0", configuration: broken });
    assert.match(
      later,
      /^Box "protobox" has \d+ violations:\n {2}networks\.more: 192\.168\.0\.1\/16 is an address inside/,
    );
    assert.match(
      later,
      /gatebox: Gatebox 0\.2\.0 has written it, and this is 0\.1\.0: run "pulumi up" of the box's stack/,
    );
    assert.doesNotMatch(fault({ ...rest, configuration: broken }), /has written it/);
  });

  it("is read first: the output itself is no box", () => {
    assert.throws(
      () => exposeService(written() as unknown as Box, "wiki", wiki),
      new RegExp("box: is not a box that this program has read: write `readBox"),
    );
  });

  it("says the version of this package", () => {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    assert.equal(writtenBox(parseProtobox()).gatebox, (JSON.parse(manifest) as { version: string }).version);
  });
});
