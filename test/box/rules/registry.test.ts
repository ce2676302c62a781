import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { describeViolations } from "../violations.ts";
import { registryBox, sampleRegistry } from "../../render/sampleRegistry.ts";

const registry = { ...sampleRegistry, pool: "webservers-pool", storage: { shared: true } };
const named = { "webservers.serverNames": ["protobox.test", "registry.protobox"] };
const runtime = (entry: object) => ({ pools: ["nodes-pool"], network: "box-network", registries: { "registry.protobox": { ca: "system", ...entry } } }); // prettier-ignore
const tls = { "webservers.tls": { certificate: "edge.pem" } };
const pem = readFileSync(new URL("../../components/certificate.pem", import.meta.url), "utf8");

describeViolations("registry", [
  {
    breaks: "a name that the web servers do not serve",
    changes: { registry },
    says: ['registry.name: "registry.protobox" is not among webservers.serverNames: add it there'],
  },
  {
    breaks: "an unknown pool, a name that is none, and a port beside which there is none",
    changes: { ...named, registry: { name: "https://registry", pool: "nat-gatway-pool", port: 65535 } },
    says: [
      'registry.name: "https://registry" is not a host name: write it in lower case, without scheme, port or path',
      'registry.pool: unknown pool "nat-gatway-pool" (did you mean "nat-gateway-pool"?)',
      "registry.port: 65535 has no next one, for its health: write a lower one",
    ],
  },
  {
    breaks: "hosts that web servers do not find",
    changes: { ...named, registry: { ...sampleRegistry, pool: "supervisors-pool" } },
    says: [
      "registry.pool: supervisor-1 of supervisors-pool is not on gateway-network, where the web servers look for it",
    ],
  },
  {
    breaks: "hosts that let only routes in",
    changes: { ...named, registry: { ...registry, pool: "kube-gateway-pool" } },
    says: [
      "registry.pool: gateway-1 of kube-gateway-pool is a kube gateway, which lets nothing but routes in: write a pool of other hosts",
    ],
  },
  {
    breaks: "several hosts, each with images of its own",
    changes: { ...named, registry: { ...registry, storage: {} } },
    says: [
      "registry.pool: has 2 hosts, each of which would have images of its own: write a pool of one, or storage.shared: true for a volume that all have mounted",
    ],
  },
  {
    breaks: "another route at its location, and one with its name",
    changes: {
      ...named,
      registry,
      "webservers.routes.container-registry": {
        location: "/v2/",
        upstream: { port: 30163, group: "kube-gateway-pool" },
      },
    },
    says: [
      "webservers.routes.container-registry.location: /v2/ is where the registry is: choose another location",
      'webservers.routes.container-registry: "container-registry" is the name of the registry\'s own route: choose another',
    ],
  },
  {
    breaks: "hosts that pull as nobody, or as somebody else",
    changes: { ...named, ...tls, registry, containerRuntime: runtime({ username: "puller", authentication: "token" }) },
    files: { "edge.pem": pem },
    says: [
      'containerRuntime.registries["registry.protobox"].username: "puller" is nobody there: the registry of this box has the user "box"',
      'containerRuntime.registries["registry.protobox"].authentication: token is not how the registry of this box is logged in to: write basic',
    ],
  },
  {
    breaks: "a directory that is no place for images, and a time that is none",
    changes: { ...named, registry: { ...registry, storage: { directory: "/var", shared: true }, garbageCollection: { schedule: "$(id)" } } }, // prettier-ignore
    says: [
      'registry.storage.directory: "/var" is not the absolute path of a directory, two steps deep or more',
      'registry.garbageCollection.schedule: "$(id)" is not a time of systemd\'s such as `Sun 03:00` or `daily`',
    ],
  },
]);

describe("a box's registry", () => {
  it("has no place where images are lost or nothing can be written, and any other", () => {
    const found = (directory: string) =>
      violationsOf(() => parseProtobox({ ...named, registry: { ...registry, storage: { directory, shared: true } } }));
    const step = fc.stringMatching(/^[a-z0-9_][a-z0-9._-]{0,6}$/);
    const bad = fc.constantFrom(...["tmp", "var/tmp", "home", "root", "run", "var/run", "var/lock", "etc", "usr", "boot", "dev", "proc", "sys"]); // prettier-ignore
    fc.assert(
      fc.property(bad, step, (top, below) =>
        assert.deepEqual(found(`/${top}/${below}`), [
          `registry.storage.directory: "/${top}/${below}" is where images are lost, or the registry may not write: choose a place under /var/lib, /srv or /storage`,
        ]),
      ),
      { numRuns: 30 },
    );
    const good = fc.constantFrom("var/lib", "storage", "srv", "mnt", "tmpfs", "homes", "var/runner", "data/tmp");
    fc.assert(
      fc.property(good, step, (top, below) => assert.deepEqual(found(`/${top}/${below}`), [])),
      { numRuns: 20 },
    );
  });

  it("is absent unless the stack has it, and needs web servers", () => {
    assert.equal(parseProtobox().registry, undefined);
    const alone = { services: undefined, webservers: undefined, kubeGateways: undefined, monitoring: undefined };
    assert.ok(
      violationsOf(() => parseProtobox({ ...alone, registry })).includes(
        "registry: is reached through web servers, and the box has none: write webservers, or leave it out",
      ),
    );
  });

  it("leads the web servers' /v2/ to its hosts, with layers of any size that nobody spools", () => {
    const { route, network } = registryBox().registry!;
    assert.equal(network, "gateway-network");
    assert.deepEqual(route.upstream.members, [{ name: "gateway-4", address: "192.168.2.14", port: 5000 }]);
    // The requests of one push are for one host.
    assert.equal(route.upstream.firstAlone, true);
    assert.deepEqual(
      route.params.map((param) => param.type === "single" && `${param.directive} ${param.value}`),
      [
        "proxy_pass http://stream_container_registry",
        "client_max_body_size 0",
        "proxy_request_buffering off",
        "proxy_buffering off",
        "proxy_read_timeout 900s",
      ],
    );
  });

  it("may be GitLab's, which has users and hosts of its own", () => {
    const box = registryBox({ kind: "gitlab", port: 5050 });
    assert.equal(box.registry!.route.upstream.members[0]?.port, 5050);
    const violations = violationsOf(() => parseProtobox({ ...named, ...tls, registry: { ...registry, kind: "gitlab", storage: {} }, containerRuntime: runtime({ username: "deploy" }) }, { files: { "edge.pem": pem } })); // prettier-ignore
    assert.deepEqual(violations, [
      'containerRuntime.registries["registry.protobox"].authentication: basic is not how GitLab\'s registry is logged in to: write token',
    ]);
  });
});
