import assert from "node:assert/strict";
import { nginxExporterAssembly } from "../../render/nginxExporter/index.ts";
import { registryOf } from "../../render/registryOf.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { sampleBox, webserverHost, webserverRoute } from "./sampleRoutes.ts";

/** Debian's exporter beside a real nginx. */
describe("render/nginxExporter", function () {
  this.timeout(60_000);
  const client = "public-network";
  const monitor = "gateway-network";
  const box = {
    ...sampleBox({ web: [webserverRoute()] }),
    monitoring: {
      pool: "kube_gateway_pool",
      networks: [monitor],
      nodeExporter: { port: 9100 },
      nginxExporter: { port: 9113 },
    },
  };
  const files = nginxExporterAssembly.files(box, webserverHost, registryOf([nginxExporterAssembly]));
  const unit = "prometheus-nginx-exporter.service";
  let host: Sandbox;

  beforeEach(async () => {
    host = await Sandbox.make([
      { network: client, address: "192.168.0.30", neighbour: "192.168.0.100" },
      { network: monitor, address: "192.168.2.1", neighbour: "192.168.2.11" },
    ]);
    for (const [assembly, tree] of [
      ["webserver", webserverFiles(box, webserverHost)],
      ["nginx-exporter", files],
    ] as const) {
      const { code, stderr } = host.apply(assembly, tree);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, assembly);
    }
  });
  afterEach(() => host.remove());

  const asked = (): string => host.run("curl -s -m 5 http://192.168.2.1:9113/metrics", monitor).stdout;
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(asked())?.[1]);

  it("tells monitoring of requests, in a form that Prometheus reads", async () => {
    assert.equal(value("nginx_up"), 1);
    const before = value("nginx_http_requests_total");
    host.run("for n in 1 2 3; do curl -sk -m 5 -o /dev/null https://192.168.0.30/nothing; done", client);
    // Its own question is a request as well.
    assert.ok(value("nginx_http_requests_total") - before >= 3);
    const look = host.run("curl -s http://192.168.2.1:9113/metrics | promtool check metrics");
    // 3 where it reads all and would name some of it otherwise, which is the exporter's own affair.
    assert.ok([0, 3].includes(look.code), look.stderr);
    host.run("systemctl stop nginx.service");
    await until(() => value("nginx_up") === 0);
  });

  it("shows nginx' status to nobody else, and itself on no other network", () => {
    const code = (url: string, where: string) =>
      host.run(`curl -sk -m 2 -o /dev/null -w '%{http_code}' ${url}`, where).stdout;
    assert.equal(code("http://192.168.2.1:8404/-/status", monitor), "000");
    assert.equal(code("https://192.168.0.30/-/status", client), "404");
    assert.equal(code("http://192.168.0.30:9113/metrics", client), "000");
  });

  it("is not started again when it is applied again, and goes when it is removed", () => {
    const runs = (): string => host.run(`cat /run/supervise/${unit}.main`).stdout;
    const before = runs();
    assert.equal(host.apply("nginx-exporter", files).code, 0);
    assert.equal(runs(), before);
    assert.equal(host.apply("nginx-exporter", files, ["deactivate"]).code, 0);
    assert.equal(asked(), "");
  });
});
