import assert from "node:assert/strict";
import type { Box, ExposedServiceSpec, Host } from "../../../box/model.ts";
import { requestPicture as picture } from "../../../cli/picture/requestPicture.ts";
import { assertGolden } from "../../render/golden.ts";
import { gatewayRoute, sampleBox, stream, webserverRoute } from "../../render/sampleRoutes.ts";

function service(name: string, port: number): ExposedServiceSpec {
  const app = { name, port, namespace: "default", selector: { app: name }, targetPort: 8080, servicePort: 80 };
  const web = webserverRoute({ name, location: `/${name}/`, upstream: stream(`stream_${name}`, port) });
  return { name, app, gateway: gatewayRoute({ name, port }), web };
}

/** The Protobox in small: two web servers, three gateways, a few services and a route of each pool's own. */
function protobox(services: readonly ExposedServiceSpec[]): Box {
  const box = sampleBox({
    gateway: [gatewayRoute({ name: "registry", port: 30500, mode: "tcp" }, { options: [] })],
    web: [
      webserverRoute({ name: "prometheus", location: "/prometheus/", upstream: stream("stream_prometheus", 9090) }),
    ],
  });
  const host = (name: string, addresses: Record<string, string>): [string, Host] => [
    name,
    { name, addresses, interfaces: {} },
  ];
  return {
    ...box,
    services,
    hosts: Object.fromEntries([
      host("webserver-1", { "public-network": "192.168.0.30", "gateway-network": "192.168.2.1" }),
      host("webserver-2", { "public-network": "192.168.0.32", "gateway-network": "192.168.2.2" }),
      host("gateway-1", { "gateway-network": "192.168.2.11", "box-network": "192.168.1.11" }),
      host("gateway-2", { "gateway-network": "192.168.2.12", "box-network": "192.168.1.12" }),
      host("gateway-3", { "gateway-network": "192.168.2.13", "box-network": "192.168.1.13" }),
    ]),
    pools: {
      kube_gateway_pool: { name: "kube_gateway_pool", members: ["gateway-1", "gateway-2", "gateway-3"] },
      webservers_pool: { name: "webservers_pool", members: ["webserver-1", "webserver-2"] },
    },
  };
}

describe("the picture of a request", () => {
  it("shows hosts, addresses, networks, locations and ports", () => {
    const svg = picture(protobox([service("argocd", 30165), service("kibana", 30201)]));
    assertGolden("picture.svg", svg, import.meta.dirname);
    const shown = ["webserver-2", "192.168.0.32", "gateway-3", "192.168.2.13", "192.168.1.13", "gateway-network"];
    for (const word of [
      ...shown,
      "192.168.1.0/24",
      "/argocd/",
      "30165 http",
      "default/kibana",
      "/prometheus/",
      "30500 tcp",
    ]) {
      assert.ok(svg.includes(word), word);
    }
  });

  it("draws the same box the same way", () => {
    const box = protobox([service("argocd", 30165)]);
    assert.equal(picture(box), picture(structuredClone(box)));
  });

  it("counts what it does not list, and shortens what does not fit", () => {
    const many = picture(
      protobox(Array.from({ length: 100 }, (_, index) => service(`service-${index}`, 30000 + index))),
    );
    assert.match(many, />and 78 more</);
    const long = picture(protobox([service("a".repeat(60), 30165)]));
    assert.match(long, /<title>a{60}<\/title>a{29}…/);
  });

  it("stays well-formed whatever the box is called", () => {
    const svg = picture({ ...protobox([]), name: `<&"'>` });
    assert.match(svg, /through &lt;&amp;&quot;'&gt;<\/title>/);
  });
});
