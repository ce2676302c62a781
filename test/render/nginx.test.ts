import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultLimits } from "../../box/sections/limits/index.ts";
import type { WebserverRoute } from "../../box/model.ts";
import { nginxBase } from "../../render/nginx/base.ts";
import { nginxLocation, nginxLocationFile } from "../../render/nginx/location.ts";
import { nginxUpstream } from "../../render/nginx/upstream.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { assertGolden } from "./golden.ts";
import { haBox, haHost } from "./sampleHa.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";
import { grafana, live, repeat, single } from "./sampleLocations.ts";
import { sampleBox, stream, webserverHost, webserverRoute } from "./sampleRoutes.ts";

function filesWith(...web: WebserverRoute[]): TreeFile[] {
  return webserverFiles(sampleBox({ web }), webserverHost);
}

describe("render/nginx: the base", () => {
  it("reads like the real thing", () => {
    assertGolden(
      "webserver/nginx/nginx.conf",
      nginxBase({ serverNames: ["protobox.example"], tls: "trial", limits: defaultLimits }),
    );
  });

  it("listens on IPv6 beside IPv4 where clients come over it, and is otherwise as without", () => {
    const box = ipv6Box();
    const files = webserverFiles(box, ipv6Host("webserver-1"));
    const before = webserverFiles(haBox(), haHost("webserver-1"));
    const textOf = (all: readonly TreeFile[], path: string): string =>
      all.find((file) => file.path === path)?.text ?? "";
    const lines = [
      "        listen [::]:80 default_server ipv6only=on;\n",
      "        listen [::]:443 ssl http2 default_server ipv6only=on;\n",
      "        listen [::]:80;\n",
      "        listen [::]:443 ssl http2;\n",
    ];
    const without = lines
      .reduce((text, line) => text.replace(line, ""), textOf(files, "nginx/nginx.conf"))
      // Addresses that are served like names.
      .replaceAll(/ \[fd00:[0-9a-f:]+\]/g, "");
    assert.equal(without, textOf(before, "nginx/nginx.conf"));
    assert.ok(lines.every((line) => textOf(files, "nginx/nginx.conf").includes(line)));
    const settings = textOf(files, "lifecycle/settings");
    assert.match(settings, /certificate_alternatives='[^']*IP:192\.168\.0\.30,IP:fd00:0:0:a::30'/);
    assert.equal(settings.replace(",IP:fd00:0:0:a::30", ""), textOf(before, "lifecycle/settings"));
  });

  it("has browsers insist on HTTPS only with a given certificate", () => {
    const insisting = /default max-age=31536000;/;
    assert.match(nginxBase({ serverNames: [], tls: "given", limits: defaultLimits }), insisting);
    assert.doesNotMatch(nginxBase({ serverNames: [], tls: "trial", limits: defaultLimits }), insisting);
  });

  it("throws for a server name that is none", () => {
    assert.throws(
      () => nginxBase({ serverNames: ["a; return 200"], tls: "trial", limits: defaultLimits }),
      /not a DNS name/,
    );
  });
});

describe("render/nginx: a route", () => {
  it("reads like the real thing", () => {
    assertGolden("webserver/nginx/upstreams/stream_argocd.conf", nginxUpstream(stream()));
    assertGolden("webserver/nginx/locations/argocd.conf", nginxLocation(webserverRoute()));
    assertGolden("webserver/nginx/locations/grafana.conf", nginxLocation(grafana));
    assertGolden("webserver/nginx/locations/grafana__api__live.conf", nginxLocation(live));
  });

  it("asks the first of its members alone while that is well, where its requests must not be spread", () => {
    const first = nginxUpstream({ ...stream("stream_images", 5000), firstAlone: true });
    assertGolden("webserver/nginx/upstreams/stream_images.conf", first);
    const [alone] = stream().members;
    const single = { name: "stream_single", members: [alone!] };
    assert.equal(nginxUpstream({ ...single, firstAlone: true }), nginxUpstream(single));
  });

  it("keeps every header of the edge when a route sets one of its own", () => {
    const headers = (route: WebserverRoute): string[] =>
      [...nginxLocation(route).matchAll(/proxy_set_header (\S+)/g)].map((match) => match[1] ?? "").sort();
    const plain = headers(webserverRoute());
    const own = headers(webserverRoute({ params: [repeat("proxy_set_header", { host: "$http_host", "X-Own": "1" })] }));
    assert.deepEqual(
      own.filter((header) => header !== "host" && header !== "X-Own"),
      plain.filter((one) => one !== "Host"),
    );
  });

  it("clears or sets what a client could say about where it comes from", () => {
    const text = nginxLocation(webserverRoute());
    assert.match(text, /proxy_set_header X-Forwarded-For \$remote_addr;/);
    assert.doesNotMatch(nginxLocation(grafana), /proxy_add_x_forwarded_for/);
  });

  it("says the edge's own answer headers again in a location that adds one", () => {
    const text = nginxLocation(webserverRoute({ params: [single("add_header", "X-Note 1")] }));
    assert.match(
      text,
      /add_header X-Note 1;\n(?: {4}proxy_cookie_path .*\n)* {4}add_header X-Content-Type-Options \$edge_content_type_options always;/,
    );
  });

  it("has a file name for each location that no other location has, never a hidden one", () => {
    assert.equal(nginxLocationFile("/grafana/api/live/"), "nginx/locations/grafana__api__live.conf");
    assert.equal(nginxLocationFile("/"), "nginx/locations/__.conf");
    assert.equal(nginxLocationFile("/.well-known/"), "nginx/locations/__.well-known.conf");
    const location = fc.stringMatching(/^\/(?:[a_.-]{1,3}\/){0,3}$/);
    fc.assert(
      fc.property(location, location, (one, other) => {
        assert.equal(nginxLocationFile(one) === nginxLocationFile(other), one === other);
        assert.match(nginxLocationFile(one), /^nginx\/locations\/[A-Za-z0-9_-][A-Za-z0-9._-]*\.conf$/);
      }),
      { numRuns: 2000 },
    );
  });

  const impossible: [why: string, change: Partial<WebserverRoute>, message: RegExp][] = [
    ["a location without its last slash", { location: "/argocd" }, /begins and ends with a slash/],
    ["a location that breaks out", { location: "/a {} /" }, /begins and ends with a slash/],
    ["a directive that opens a block", { params: [single("location", "/x")] }, /not a directive/],
    ["a directive that is none", { params: [single("Return", "200")] }, /not a directive/],
    ["a value that ends its directive", { params: [single("expires", "1h; return 200")] }, /would not stay inside/],
    ["a value that opens a block", { params: [single("return", "200 {")] }, /would not stay inside/],
    ["a value with an open quote", { params: [single("return", '200 "a')] }, /would not stay inside/],
    ["a value with a line break", { params: [single("return", "200\n")] }, /would not stay inside/],
    ["an empty value", { params: [single("return", " ")] }, /would not stay inside/],
    ["a key of several words", { params: [repeat("proxy_set_header", { "A b": "c" })] }, /is not one word/],
    [
      "a header that passes on what a client says",
      { params: [repeat("proxy_set_header", { "X-Forwarded-Proto": "$http_x_forwarded_proto" })] },
      /http_x_forwarded_proto is whatever the client sent/,
    ],
    [
      "another stream",
      { params: [single("proxy_pass", "http://stream_other/")] },
      /does not lead to .* "stream_argocd"/,
    ],
    [
      "an address past the gateways",
      { params: [single("proxy_pass", "http://192.168.1.11:30165")] },
      /does not lead to/,
    ],
  ];
  for (const [why, change, message] of impossible) {
    it(`throws for ${why}`, () => {
      assert.throws(() => [nginxLocation(webserverRoute(change)), nginxLocationFile(change.location ?? "/")], message);
    });
  }

  it("throws for a stream without members, and for two streams of one name", () => {
    assert.throws(() => nginxUpstream({ name: "stream_a", members: [] }), /without members/);
    const other = webserverRoute({ name: "b", location: "/b/", upstream: stream("stream_argocd", 30166) });
    assert.throws(() => filesWith(webserverRoute(), other), /two different texts/);
  });
});
