import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { WebserverRoute } from "../../box/model.ts";
import { nginxUpstream } from "../../render/nginx/upstream.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { webserverFiles, webserverKeyFile, webserverTlsFiles } from "../../render/webserver/index.ts";
import { checkNginx, selfSigned } from "./checkers.ts";
import { ipv6Box, ipv6Host } from "./sampleIpv6.ts";
import { grafana, live, repeat, single } from "./sampleLocations.ts";
import { sampleBox, stream, webserverHost, webserverRoute } from "./sampleRoutes.ts";

function filesWith(...web: WebserverRoute[]): TreeFile[] {
  return webserverFiles(sampleBox({ web }), webserverHost);
}

describe("render/nginx, read by nginx,", () => {
  it("is accepted without a warning, before there is any route", () => {
    assert.deepEqual(checkNginx(filesWith()), { ok: true, words: "" });
  });

  it("is accepted without a warning where clients come over IPv6 too", () => {
    assert.deepEqual(checkNginx(webserverFiles(ipv6Box(), ipv6Host("webserver-1"))), { ok: true, words: "" });
  });

  it("is accepted with a given pair, and refused with a key of another certificate", () => {
    const pair = (directory: string): TreeFile[] => [
      ...webserverTlsFiles(readFileSync(join(directory, "certificate.pem"), "utf8")),
      { ...webserverKeyFile, text: readFileSync(join(directory, "key.pem"), "utf8") },
    ];
    const directory = mkdtempSync(join(tmpdir(), "gatebox-render-"));
    try {
      selfSigned(directory);
      const first = pair(directory);
      selfSigned(directory);
      const second = pair(directory);
      assert.deepEqual(checkNginx([...filesWith(), ...first]), { ok: true, words: "" });
      const mixed = [...first.filter((file) => file.path !== webserverKeyFile.path), second[2]!];
      assert.match(checkNginx([...filesWith(), ...mixed]).words, /key values mismatch/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
  it("has routes accepted without a warning, also at the root", () => {
    const root = webserverRoute({ name: "dash", location: "/", upstream: stream("stream_dash", 30167) });
    const known = webserverRoute({ name: "acme", location: "/.well-known/", upstream: stream("stream_dash", 30167) });
    const headers = webserverRoute({
      name: "h",
      location: "/h/",
      params: [single("add_header", 'X-Note "a; b" always')],
    });
    assert.deepEqual(checkNginx(filesWith(grafana, live, root, known, headers)), { ok: true, words: "" });
  });
});

describe("render/nginx: the base", () => {
  it("takes a location of an earlier version, which stands until its own resource is updated", () => {
    const text = readFileSync(join(import.meta.dirname, "earlier/location.conf"), "utf8");
    const earlier = { path: "nginx/locations/earlier.conf", mode: "0644", text } as const;
    const upstream = {
      path: "nginx/upstreams/stream_grafana.conf",
      mode: "0644",
      text: nginxUpstream(stream("stream_grafana", 3000)),
    } as const;
    assert.deepEqual(checkNginx([...filesWith(), upstream, earlier]), { ok: true, words: "" });
  });

  it("takes an upstream of which the first member answers alone", () => {
    const text = nginxUpstream({ ...stream("stream_images", 5000), firstAlone: true });
    const upstream = { path: "nginx/upstreams/stream_images.conf", mode: "0644", text } as const;
    assert.deepEqual(checkNginx([...filesWith(), upstream]), { ok: true, words: "" });
  });
});

describe("render/nginx: any header value", () => {
  it("stays one word of one directive", () => {
    // Few runs: nginx is started for each.
    const value = fc.string({ maxLength: 12 }).filter((one) => !/[$\p{Cc}]/u.test(one));
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 20 }), (values) => {
        const headers = Object.fromEntries(values.map((one, index) => [`X-Header-${index}`, one]));
        const { ok, words } = checkNginx(filesWith(webserverRoute({ params: [repeat("proxy_set_header", headers)] })));
        assert.ok(ok, words);
      }),
      { numRuns: 10 },
    );
  });
});
