import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Box } from "../../box/model.ts";
import { drainScript, readyScript, remainingScript, trafficOf, undrainScript } from "../../render/drained/index.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { firewallFiles, haBox, haHost, haRegistry, vipFiles, virtualIps } from "./sampleHa.ts";
import { gatewayRoute, members, webserverRoute } from "./sampleRoutes.ts";
import { probed } from "./sandbox/probed.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { Segment } from "./sandbox/segment.ts";

const port = 30165;
const gateways = ["gateway-1", "gateway-2"] as const;
type Gateway = (typeof gateways)[number];
const pod = "192.168.1.51";
const vip = "192.168.2.10";

/** Two gateways with a virtual IP, a web server that asks them at their own addresses, and a pod behind. */
function boxWith(preempt: boolean): Box {
  const box = haBox({ virtualIps: { kube: { ...virtualIps.kube, preempt } }, natGateways: [] });
  const destination = { members: [{ name: "pod", address: pod, port: 8081 }], check: { path: "/", intervalMs: 500, fall: 2, rise: 1 } };
  const upstream = { name: "stream_argocd", members: members(port, 2, 2) };
  return {
    ...box,
    pools: { ...box.pools, webservers_pool: { name: "webservers_pool", members: ["webserver-1"] } },
    kubeGateways: { ...box.kubeGateways!, routes: [gatewayRoute({ websocket: true }, destination)] },
    webservers: { ...box.webservers!, routes: [webserverRoute({ location: "/", upstream, websocket: true })] },
  };
}

/** Real HAProxy, nginx, keepalived, nftables and scripts; only systemd is a stand-in (see sandbox/systemctl). */
for (const preempt of [true, false])
  describe(`render: a gateway that is drained, its virtual IP with preempt: ${preempt}`, function () {
    // A drain takes some seconds; a machine under load gets several times that.
    this.timeout(120_000);
    const box = boxWith(preempt);
    const hosts = new Map<string, Sandbox>();
    const segments: Segment[] = [];
    let client: Sandbox;

    const hostOf = (name: string): Sandbox => hosts.get(name)!;
    const traffic = (name: string) => trafficOf(box, haHost(name), haRegistry);
    const drain = (name: string, forced = false): string[] =>
      hostOf(name).run(drainScript(traffic(name), forced)).stdout.split("\n");
    const undrain = (name: string): string => hostOf(name).run(undrainScript(traffic(name))).stdout;
    const ready = (name: string): string[] =>
      hostOf(name).run(readyScript(["gateway", "vip"], "nothing")).stdout.split("\n");
    const holds = (name: string): boolean =>
      hostOf(name).run(`ip -o addr show dev gateway-network to ${vip}`).stdout !== "";
    const stateOf = (name: string): string => hostOf(name).run("cat /run/gatebox/vip/kube.state").stdout;
    const settled = (holder: Gateway): Promise<void> =>
      until(() => gateways.every((one) => stateOf(one).startsWith(one === holder ? "MASTER" : "BACKUP")));
    const asked = (name: string): number => Number(hostOf(name).run("cat /run/asked 2>/dev/null || echo 0").stdout);
    const direct = (name: Gateway): string =>
      client.run(`curl -s -m 2 -o /dev/null -w '%{http_code} %{exitcode}' http://${haHost(name).addresses["gateway-network"]!}:${port}/`).stdout;

    function apply(name: string): void {
      const host = haHost(name);
      const trees = name.startsWith("gateway")
        ? ([["firewall", firewallFiles(box, host)], ["gateway", gatewayFiles(box, host, haRegistry)], ["vip", vipFiles(box, host)]] as const)
        : ([["webserver", webserverFiles(box, host)]] as const);
      for (const [assembly, files] of trees) {
        const { code, stderr } = hostOf(name).apply(assembly, files);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `${name} ${assembly}`);
      }
    }

    before(async () => {
      const [outer, middle, inner] = await Promise.all(
        ["public-network", "gateway-network", "box-network"].map((network) => Segment.make(network)),
      );
      segments.push(outer!, middle!, inner!);
      client = await Sandbox.make([]);
      outer!.join(client, "192.168.0.100");
      middle!.join(client, "192.168.2.100");
      const backend = await Sandbox.make([]);
      hosts.set("pod", backend);
      inner!.join(backend, pod);
      await backend.serve("pod", pod, 8081);
      for (const name of ["webserver-1", ...gateways]) {
        const host = await Sandbox.make([]);
        hosts.set(name, host);
        const { addresses } = haHost(name);
        for (const [network, segment] of [["public-network", outer], ["gateway-network", middle], ["box-network", inner]] as const)
          if (addresses[network] !== undefined) segment!.join(host, addresses[network]);
        apply(name);
      }
      await settled("gateway-1");
    });
    after(async () => {
      for (const host of hosts.values()) await host.remove();
      await client.remove();
      for (const segment of segments) segment.remove();
    });
    afterEach(async () => {
      for (const name of gateways) undrain(name);
      for (const name of gateways) hostOf(name).run("systemctl start keepalived.service");
      // Without preemption an address stays where it is.
      if (holds("gateway-2") && !preempt) drain("gateway-2");
      undrain("gateway-2");
      await settled("gateway-1");
    });

    it("loses no request of those who ask its virtual IP", async () => {
      let said: string[] = [];
      const work = async (): Promise<void> => {
        said = drain("gateway-1");
        await pause(500);
      };
      const seen = await probed(client, vip, work, { port, patience: 5000 });
      console.log(`      ${JSON.stringify(seen)} ${said.join("; ")}`);
      assert.equal(seen.lost, 0);
      assert.ok(seen.sent > 100, `${seen.sent} requests are no load`);
      assert.deepEqual([holds("gateway-1"), holds("gateway-2")], [false, true]);
    });
    void asked;
    void direct;
    void ready;
    void remainingScript;
  });
