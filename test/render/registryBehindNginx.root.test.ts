import assert from "node:assert/strict";
import { join } from "node:path";
import { registryConfiguration } from "../../render/dockerRegistry/configuration.ts";
import { webserverFiles, webserverRouteFiles } from "../../render/webserver/index.ts";
import { registryBox } from "./sampleRegistry.ts";
import { Sandbox } from "./sandbox/sandbox.ts";

const client = "public-network";
const servers = "gateway-network";
const pair = "/var/lib/gatebox/trial-tls/certificate.pem";

/** A client that pushes and pulls through the real nginx, to the real docker-registry. */
describe("render: the registry behind a web server", function () {
  this.timeout(120_000);
  let host: Sandbox;

  before(async () => {
    host = await Sandbox.make([
      { network: client, address: "192.168.0.30", neighbour: "192.168.0.100" },
      { network: servers, address: "192.168.2.1", neighbour: "192.168.2.14" },
    ]);
    const box = registryBox();
    const files = [...webserverFiles(box, box.hosts["webserver-1"]!), ...webserverRouteFiles(box.registry!.route)];
    const { code, stderr } = host.apply("webserver", files);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const configuration = registryConfiguration(box.registry!, "192.168.2.14", false);
    host.run(
      `mkdir -p /run/docker-registry /var/lib/docker-registry && cat >/run/config.yml <<'END'\n${configuration}END`,
    );
    host.run(
      "htpasswd -nbB -C 4 box secret-1 >/run/docker-registry/htpasswd; echo '192.168.0.30 registry.protobox' >>/etc/hosts",
    );
    host.start("docker-registry serve /run/config.yml >/run/registry.log 2>&1", servers);
    host.run(`timeout 20 sh -c 'until curl -s http://192.168.2.14:5000/v2/; do sleep 0.1; done'`);
  });
  after(() => host.remove());

  const ask = (path: string, more = ""): string => host.run(`curl -s -m 30 --cacert ${pair} -o /dev/null -w '%{http_code}' ${more} https://registry.protobox${path}`, client).stdout; // prettier-ignore

  it("asks for the password, and takes an image", () => {
    assert.equal(ask("/v2/"), "401");
    assert.equal(ask("/v2/", "-u box:secret-1"), "200");
    const pushed = host.run(`sh ${join(import.meta.dirname, "sandbox/push-image.sh")} https://registry.protobox box:secret-1 ${pair} web`, client); // prettier-ignore
    assert.equal(pushed.code, 0, pushed.stderr);
    const accept = "-H 'Accept: application/vnd.oci.image.manifest.v1+json'";
    assert.equal(ask("/v2/web/manifests/1", `-u box:secret-1 ${accept}`), "200");
  });

  it("takes a layer that is larger than what other applications may get, and spools nothing of it", () => {
    host.run("head -c 130000000 /dev/zero >/run/layer; (while :; do df -B1 --output=used /var/lib/nginx | tail -n 1; sleep 0.05; done) >/run/spooled 2>/dev/null & echo $! >/run/watcher"); // prettier-ignore
    const place = host.run(`curl -s -m 30 --cacert ${pair} -u box:secret-1 -X POST -o /dev/null -D - https://registry.protobox/v2/big/blobs/uploads/ | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p'`, client).stdout; // prettier-ignore
    assert.match(place, /^(?:https:\/\/registry\.protobox)?\/v2\/big\/blobs\/uploads\//);
    const path = place.replace(/^https:\/\/[^/]+/, "");
    const digest = host.run("sha256sum /run/layer | cut -d ' ' -f 1").stdout;
    assert.equal(ask(`${path}'&digest=sha256:${digest}'`, "-u box:secret-1 -X PUT -T /run/layer"), "201");
    host.run("kill $(cat /run/watcher)");
    // nginx unlinks what it spools at once: the file system knows, and no directory.
    assert.ok(host.run("cat /run/spooled").stdout.split("\n").length > 5, "not watched");
    const most = Math.max(...host.run("cat /run/spooled").stdout.split("\n").map(Number));
    assert.ok(most < 1_000_000, `${most} bytes were spooled`);
  });
});
