import assert from "node:assert/strict";
import { apiCertificate, clusterCa, controlPlaneChanges, expiredCa, laterCa } from "../controlPlane.ts";
import type { Changes } from "../edit.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";

const violations = (changes: Changes) => violationsOf(() => parseProtobox(changes));
const runtime = (registries: object): Changes => ({
  containerRuntime: { pools: ["nodes-pool"], network: "box-network", registries },
});

/** Where a certificate of somebody's authority is asked for, and the changes that put a text there. */
const places: readonly (readonly [string, (ca: string) => Changes])[] = [
  ["controlPlane.ca", (ca) => ({ ...controlPlaneChanges(), "controlPlane.ca": ca })],
  ["containerRuntime.registries.localhost.ca", (ca) => runtime({ localhost: { ca } })],
  [
    "containerRuntime.registries.localhost.mirrors[0].ca",
    (ca) => runtime({ localhost: { mirrors: [{ url: "https://m.box", ca }] } }),
  ],
];

const partOfOne = clusterCa.replace("-----END CERTIFICATE-----\n", "");

describe("certificates of authorities, wherever they are asked for", () => {
  for (const [path, changes] of places) {
    it(`${path}: hold now, each of them`, () => {
      for (const wrong of [expiredCa, laterCa, clusterCa + expiredCa, laterCa + clusterCa])
        assert.match(violations(changes(wrong)).join("\n"), new RegExp(`^${path.replace(/[[\].]/g, "\\$&")}: the text.* (?:has expired, on|is not valid before) [^\n]*$`)); // prettier-ignore
    });

    it(`${path}: are whole, each of them`, () => {
      for (const wrong of [partOfOne + clusterCa, clusterCa + partOfOne])
        assert.deepEqual(violations(changes(wrong)), [`${path}: the text holds part of a certificate beside 1 whole: write all of it, or take it out`]); // prettier-ignore
    });

    it(`${path}: may have other line ends, words around them, and come twice`, () => {
      for (const right of [
        clusterCa,
        clusterCa.replaceAll("\n", "\r\n"),
        `CN = kubernetes\n${clusterCa}`,
        clusterCa + clusterCa,
      ])
        // prettier-ignore
        assert.deepEqual(violations(changes(right)), []);
    });
  }

  it("may be a registry's own, which is no CA's", () => {
    assert.deepEqual(violations(runtime({ localhost: { ca: apiCertificate } })), []);
  });
});

describe("what is asked at the box's own web servers", () => {
  const edge = { "webservers.serverNames": ["registry.protobox"] };
  const asked: readonly (readonly [string, (ca?: string) => object])[] = [
    ['containerRuntime.registries["registry.protobox"].ca', (ca) => ({ "registry.protobox": { ca } })],
    [
      'containerRuntime.registries["a.box"].ca',
      (ca) => ({ "a.box": { server: "https://REGISTRY.protobox:443/", ca } }),
    ],
    ['containerRuntime.registries["docker.io"].mirrors[0].ca', (ca) => ({ "docker.io": { mirrors: [{ url: "https://registry.protobox", ca }] } })], // prettier-ignore
    ['containerRuntime.registries["docker.io"].mirrors[1].ca', (ca) => ({ "docker.io": { mirrors: [{ url: "https://m.box" }, { url: "https://registry.protobox/v2", ca }] } })], // prettier-ignore
  ];

  for (const [path, registries] of asked) {
    it(`${path}: the certificate is known, of registries and of mirrors`, () => {
      const given = { ...edge, "webservers.tls": { certificate: apiCertificate } };
      assert.match(violations({ ...given, ...runtime(registries()) }).join("\n"), /is missing, and the certificate that the web servers show for registry\.protobox is of a private authority[^\n]*$/); // prettier-ignore
      assert.deepEqual(violations({ ...given, ...runtime(registries(clusterCa)) }), []);
      const own = violations({ ...edge, ...runtime(registries(clusterCa)) });
      assert.ok(own.length === 1 && own[0]?.startsWith(`${path}: is of no use`), own.join("\n"));
      const issued = { "webservers.tls": { issuedByBox: true }, "webservers.serverNames": ["*.protobox"] };
      const wild = violations({ ...issued, ...runtime(registries()) });
      assert.ok(wild.length === 1 && wild[0]?.startsWith(`${path}: is missing, and no client takes`), wild.join("\n"));
    });
  }
});

describe("names in front of images' names", () => {
  const registry = (name: string): Changes => ({
    registry: { name, pool: "supervisors-pool" },
    "webservers.serverNames": [name],
    "webservers.upstreamNetwork": "gateway-network",
  });

  it("are hosts with a dot or a port, of registries and of the box's own", () => {
    for (const name of ["reg", "reg-1", "library", "index.docker.io", "registry-1.docker.io"]) {
      const [said = "", ...others] = violations(runtime({ [name]: {} }));
      assert.ok(said.includes(`"${name}" is `) && others.length === 0, said + others.join());
      const own = violations(registry(name)).filter((one) => one.startsWith("registry.name: "));
      assert.equal(own.length, 1, name);
    }
    for (const name of ["reg.box:0", "reg.box:65536", "reg:99999"])
      assert.match(violations(runtime({ [name]: {} })).join("\n"), /has no port: write one from 1 to 65535$/);
  });

  it("are all others", () => {
    for (const name of ["docker.io", "reg.box", "reg:5000", "localhost", "10.0.0.1", "localhost:5000", "_default"])
      assert.deepEqual(violations(runtime({ [name]: {} })), []);
  });
});
