import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { readBox, writtenBox } from "../../../box/index.ts";
import { urlFault } from "../../../box/sections/containerRuntime/urls.ts";
import { passwordFaults } from "../../../box/sections/containerRuntime/passwords.ts";
import type { Changes } from "../edit.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const runtime = { pools: ["kube-gateway-pool", "nodes-pool"], network: "box-network" };
const certificate = readFileSync(path.join(import.meta.dirname, "../../components/certificate.pem"), "utf8");
const files = { "ca.pem": certificate, "edge.pem": certificate, "key.pem": "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n" }; // prettier-ignore
const registries = (entries: object): Changes => ({ containerRuntime: { ...runtime, registries: entries } });
const served = { "webservers.serverNames": ["registry.protobox"], "webservers.tls": { certificate: "edge.pem" } };
const at = "containerRuntime.registries";
const inPlain =
  "holds a user name or a password, which would stand in plain in the state and on the hosts: write the URL without";

describe("what containerd would pass over in silence", () => {
  const violations = (changes: object) =>
    violationsOf(() => parseProtobox({ containerRuntime: { ...runtime, ...changes } }));

  it("are URLs of hosts that cannot be, and no others", () => {
    const wrong = ["m..box", ".m.box", "-m.box", "m.box.", "m_box", "1.2.3", "256.1.1.1", "m.box:", "m.box:0", "m.box:65536", "m.box/../x", "m.box/./x", "[fd00::1", "[m.box]", "fd00::1", "m.box /x", "*.box"]; // prettier-ignore
    const right = [
      "m.box",
      "m",
      "10.0.0.1",
      "10.0.0.1:5000",
      "[fd00::1]:5000",
      "m.box/",
      "m.box:443/v2/",
      "M.box",
      "m-1.box/a..b",
    ];
    for (const host of wrong)
      for (const scheme of ["https://", "http://"])
        assert.notEqual(urlFault(scheme + host, "X"), undefined, scheme + host);
    for (const host of right) assert.equal(urlFault(`https://${host}`, "X"), undefined, host);
  });

  it("is what is reached without a proxy", () => {
    const proxy = (noProxy: string) => violations({ proxy: { http: "http://p:3128", noProxy: [noProxy] } });
    const wrong = ["http://m.box", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.*", "a,b", "a b", "", ":::", ".box.", "m.box:0", "m.box:99999", "fd00::/129", "[fd00::1]", "m.box/8", "*m.box", "10.0.0"]; // prettier-ignore
    const right = [
      "*",
      "m.box",
      ".box",
      "*.box",
      "m.box:5000",
      "10.0.0.1",
      "10.0.0.1:80",
      "10.0.0.0/8",
      "fd00::1",
      "fd00::/8",
      "my_host",
      "localhost",
    ];
    for (const one of wrong) assert.equal(proxy(one).length, 1, one);
    for (const one of right) assert.deepEqual(proxy(one), [], one);
  });

  it("is an image's name that is none", () => {
    const wrong = ["https://registry.k8s.io/pause:3.9", "registry.k8s.io/pause:", "registry.k8s.io/Pause:3.9", "registry.k8s.io//pause", "u:p@registry.k8s.io/pause", "registry.k8s.io/pause@sha256:ab", "registry.k8s.io/pause:3.9/", "registry.k8s.io/pause:3:9", "../pause", "pause ", "registry.k8s.io/a..b"]; // prettier-ignore
    const right = ["pause", "registry.k8s.io/pause:3.9", "Reg.box:5000/a/b__c/d-e_f:V1.0_x", `registry.k8s.io/pause@sha256:${"a".repeat(64)}`, `m.box/a:1@sha256:${"0".repeat(64)}`]; // prettier-ignore
    for (const sandboxImage of wrong) assert.equal(violations({ sandboxImage }).length, 1, sandboxImage);
    for (const sandboxImage of right) assert.deepEqual(violations({ sandboxImage }), [], sandboxImage);
  });
});

describeViolations("containerRuntime", [
  {
    breaks: "an unknown pool, one that is named twice, and hosts that are not on the nodes' network",
    changes: { containerRuntime: { ...runtime, pools: ["nodes-pol", "nodes-pool", "nodes-pool", "webservers-pool"] } },
    says: [
      'containerRuntime.pools[0]: unknown pool "nodes-pol" (did you mean "nodes-pool"?)',
      'containerRuntime.pools[2]: "nodes-pool" is named already: name it once',
      "containerRuntime.pools[3]: webserver-1 of webservers-pool is not on box-network, the network of the cluster's nodes",
    ],
  },
  {
    breaks: "a major version that is not known",
    changes: { containerRuntime: { ...runtime, major: 3 } },
    says: [
      "containerRuntime.major: 3 is no major version of containerd that is known: write 1 (Debian's 1.6 and later) or 2",
    ],
  },
  {
    breaks: "mirrors and servers without a scheme",
    changes: registries({ "docker.io": { server: "registry-1.docker.io", mirrors: [{ url: "mirror.box:5000" }] } }),
    says: [
      `${at}["docker.io"].server: "registry-1.docker.io" has no scheme: write https://mirror.box:5000`,
      `${at}["docker.io"].mirrors[0].url: "mirror.box:5000" has no scheme: write https://mirror.box:5000`,
    ],
  },
  {
    breaks: "certificates that are not to be checked, and passwords in plain",
    changes: registries({ "a.box": { skipVerify: true, password: "x" }, "b.box": { mirrors: [{ url: "https://m.box", skip_verify: true }] } }), // prettier-ignore
    says: [
      `${at}["a.box"].skipVerify: unknown key "skipVerify": certificates are always checked: write ca, the certificate of the authority that has signed the registry's`,
      `${at}["a.box"].password: unknown key "password": a password is a secret of the stack: \`pulumi config set --secret --path 'gatebox:registryPasswords["NAME"]'\``,
      `${at}["b.box"].mirrors[0].skip_verify: unknown key "skip_verify": certificates are always checked: write ca, the certificate of the authority that has signed the registry's`,
    ],
  },
  {
    breaks: "a password that is sent without TLS",
    changes: registries({ "a.box": { server: "http://a.box", username: "puller" } }),
    says: [
      `${at}["a.box"].server: "http://a.box" is no TLS, and puller's password would be read on the way: write https://`,
    ],
  },
  {
    breaks: "a proxy with a password in plain, which is not quoted",
    changes: {
      containerRuntime: { ...runtime, proxy: { http: "http://u:hunter2@proxy:3128", https: "u:hunter2@proxy" } },
    },
    says: [`containerRuntime.proxy.http: ${inPlain}`, `containerRuntime.proxy.https: ${inPlain}`],
  },
  {
    breaks: "a proxy that is none",
    changes: { containerRuntime: { ...runtime, proxy: { noProxy: [".site"] } } },
    says: ["containerRuntime.proxy: names no proxy: write http or https, or leave it out"],
  },
  {
    breaks: "authorities that are no certificates",
    changes: registries({ "a.box": { ca: "no.pem" }, "b.box": { mirrors: [{ url: "https://m.box", ca: "key.pem" }] } }),
    files,
    says: [
      `${at}["a.box"].ca: "no.pem" cannot be read: its path is relative to the project`,
      `${at}["b.box"].mirrors[0].ca: "key.pem" holds a private key: take it out, nothing here needs it`,
    ],
  },
  {
    breaks: "the box's own registry without its private authority",
    changes: { ...served, ...registries({ "registry.protobox": {} }) },
    files,
    says: [
      `${at}["registry.protobox"].ca: is missing, and the certificate that the web servers show for registry.protobox is of a private authority: write that authority's certificate, or system where the hosts know it`,
    ],
  },
  {
    breaks: "the box's own registry behind certificates that each web server makes itself",
    changes: { "webservers.serverNames": ["*.protobox"], ...registries({ "registry.protobox": { ca: "ca.pem" } }) },
    files,
    says: [
      `${at}["registry.protobox"].ca: is of no use: each web server shows a certificate of its own making for registry.protobox: give webservers.tls.certificate, or write issuedByBox: true there`,
    ],
  },
  {
    breaks: "the box's own registry under a name that the box's certificate does not cover",
    changes: {
      "webservers.tls": { issuedByBox: true },
      "webservers.serverNames": ["*.protobox", "*.site.box", "a.box"],
      ...registries({ "registry.protobox": {}, "a.registry.site.box": {}, "registry.site.box": {}, "a.box": {} }),
    },
    says: ["registry.protobox", "a.registry.site.box"].map(
      (name) =>
        `${at}["${name}"].ca: is missing, and no client takes a certificate of *.NAME for ${name}: add "${name}" to webservers.serverNames`,
    ),
  },
  {
    breaks: "settings that the section says itself, and such that are no keys",
    changes: { containerRuntime: { ...runtime, settings: { sandbox_image: "x", "Not-a-key": 1 } } },
    says: [
      'containerRuntime.settings.sandbox_image: "sandbox_image" is written as containerRuntime.sandboxImage: write it there',
      'containerRuntime.settings.Not-a-key: "Not-a-key" is no key of containerd\'s CRI plugin: write letters, digits and "_"',
    ],
  },
  {
    breaks: "settings that are tables, or choices, of the section itself",
    changes: {
      containerRuntime: {
        ...runtime,
        settings: Object.fromEntries(
          ["containerd", "cni", "pinned_images", "default_runtime_name", "runtimes", "systemd_cgroup"].map((key) => [key, "x"]),
        ),
      },
    }, // prettier-ignore
    says: [
      'containerRuntime.settings.containerd: "containerd" is a table, of which containerRuntime says snapshotter, systemdCgroup and limits.keepPackedLayers: write these',
      'containerRuntime.settings.cni: "cni" is written as containerRuntime.cni: write it there',
      'containerRuntime.settings.pinned_images: "pinned_images" is written as containerRuntime.sandboxImage: write it there',
      'containerRuntime.settings.default_runtime_name: "default_runtime_name" is runc, the one runtime that there is here: leave it out',
      'containerRuntime.settings.runtimes: "runtimes" is a table, in which runc stands alone: containerRuntime.systemdCgroup is what there is to say of it',
      'containerRuntime.settings.systemd_cgroup: "systemd_cgroup" is written as containerRuntime.systemdCgroup: write it there',
    ],
  },
  {
    breaks: "a password that every registry would be sent",
    changes: registries({ _default: { username: "puller", authentication: "token" } }),
    says: [
      `${at}._default.username: puller's password would be sent to every registry: name the registry, or write server`,
      `${at}._default.authentication: token is for one registry, of which containerd knows the host: name the registry`,
    ],
  },
  {
    breaks: "two users of one host that hands out tokens",
    changes: registries({
      "git.site": { username: "a", authentication: "token" },
      "other.site": { server: "https://git.site/", username: "b", authentication: "token" },
      "third.site": { server: "https://git.site:8443", username: "c", authentication: "token" },
      "basic.site": { server: "https://git.site", username: "d" },
    }),
    says: [
      `${at}["other.site"]: "other.site" is logged in to by token at git.site, as ${at}["git.site"] is, and containerd has one user for a host: name one of them`,
    ],
  },
  {
    breaks: "names of registries that are none",
    changes: registries({ "https://a.box": {} }),
    says: [
      `${at}["https://a.box"]: "https://a.box" is not the name of a registry such as registry.protobox or mirror.box:5000, as it stands in front of an image's name`,
    ],
  },
]);

describe("a box's container runtime", () => {
  it("is absent unless the stack has it", () => {
    assert.equal(parseProtobox({ containerRuntime: undefined }).containerRuntime, undefined);
  });

  it("has Debian's packages and plugins with major 1, and none with 2", () => {
    const of = (major: number) => parseProtobox({ containerRuntime: { ...runtime, major } }).containerRuntime!;
    assert.deepEqual(
      [1, 2].map(of).map(({ packages, cni }) => [packages, cni.binDir]),
      [
        [["containerd", "runc", "containernetworking-plugins"], "/usr/lib/cni"],
        [[], "/opt/cni/bin"],
      ],
    );
  });

  it("is sound with a registry of the box that has its authority, or one that the hosts know", () => {
    for (const ca of ["ca.pem", "system", certificate])
      assert.deepEqual(
        violationsOf(() => parseProtobox({ ...served, ...registries({ "registry.protobox": { ca } }) }, { files })),
        [],
      );
  });

  it("takes certificates along to other stacks, which cannot read its files", () => {
    const box = parseProtobox(registries({ "a.box": { ca: "ca.pem", mirrors: [{ url: "https://m.box", ca: "ca.pem" }] } }), { files }); // prettier-ignore
    const { ca, mirrors } = readBox(writtenBox(box)).containerRuntime!.registries["a.box"]!;
    assert.deepEqual([ca, mirrors[0]?.ca], [certificate, certificate]);
  });

  it("warns of a mirror without TLS that says which image a tag is", () => {
    const warnings = (resolves: boolean) =>
      parseProtobox(registries({ "docker.io": { mirrors: [{ url: "http://m.box:5000", resolves }] } })).warnings.filter((one) => one.startsWith("containerRuntime")); // prettier-ignore
    assert.deepEqual(warnings(false), []);
    assert.deepEqual(warnings(true), [
      `${at}["docker.io"].mirrors[0].url: http://m.box:5000 is no TLS: whoever is on the way decides which image a tag is; write https://, or resolves: false`,
    ]);
  });

  it("quotes no URL that may hold a password, whatever its form", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{8,20}$/);
    const url = fc.tuple(fc.constantFrom("http://", "https://", "", "socks5://", "//"), secret, fc.constantFrom("@proxy:3128", "@", "@proxy/path")); // prettier-ignore
    fc.assert(
      fc.property(url, ([scheme, password, rest]) => {
        const fault = urlFault(`${scheme}user:${password}${rest}`, "http://proxy.site:3128");
        assert.ok(fault !== undefined && !fault.includes(password));
      }),
    );
    const host = fc.tuple(fc.constantFrom("http://", "https://"), fc.domain(), fc.integer({ min: 1, max: 65535 }));
    fc.assert(
      fc.property(host, ([scheme, name, port]) => assert.equal(urlFault(`${scheme}${name}:${port}`, ""), undefined)),
    );
  });

  it("takes the users that registries have, and no name that ends before its password", () => {
    const violations = (username: string) =>
      violationsOf(() => parseProtobox(registries({ "registry.site": { username } })));
    for (const username of ["robot$lab+pull", "$oauthtoken", "_json_key", "AWS", "gitlab+deploy-token-1", "a@site.org"])
      assert.deepEqual(violations(username), [], username);
    for (const username of ["", "a:b", "a b", 'a"b', "a\nb", "a\\b", "-a", "é"])
      assert.equal(violations(username).length, 1, username);
  });

  it("wants a password for each user, and a user for each password", () => {
    const both = { a: { username: "puller" }, b: {}, c: { username: "other" } };
    assert.deepEqual(passwordFaults(both, ["a", "c"]), []);
    assert.deepEqual(
      passwordFaults(both, ["a", "b", "d"]).map(({ path: where }) => where),
      [`${at}.c.username`, "registryPasswords.b", "registryPasswords.d"],
    );
  });
});
