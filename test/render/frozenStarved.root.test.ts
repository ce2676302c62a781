import assert from "node:assert/strict";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { gatewayHost, gatewayRoute, sampleBox } from "./sampleRoutes.ts";

/** It takes a processor from all others for a quarter of a minute, so it is run beside nothing. */
describe("render: haproxy that waits for a processor", function () {
  this.timeout(120_000);
  let host: Sandbox;

  before(async () => {
    host = await Sandbox.make([
      { network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.1" },
      { network: "box-network", address: "192.168.1.11", neighbour: "192.168.1.51" },
    ]);
    const { code, stderr } = host.apply("gateway", gatewayFiles(sampleBox({ gateway: [gatewayRoute()] }), gatewayHost));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
  after(() => host.remove());

  it("is not frozen: it answers nothing in time, and is left alone", async () => {
    const answers = (): number => host.run("curl -s -m 1 -o /dev/null http://192.168.1.11:8405/healthz").code;
    // All of it on one processor, behind others that go before it.
    host.run("for pid in $(pgrep -x haproxy); do taskset -acp 0 $pid; chrt -a -i -p 0 $pid; done");
    for (let one = 0; one < 2; one++) host.start("taskset -c 0 nice -n -20 perl -e '1 while 1'");
    // The kernel gives it a moment now and then: what counts is to have had none for longer than makes a program frozen.
    let silent = 0;
    await until(() => (silent = answers() === 28 ? silent + 1 : 0) === 9);
    assert.equal(host.run("cat /run/gatebox/gateway/frozen").stdout, "0 0");
    assert.notEqual(host.run("nft list table inet gatebox_frozen_gateway").code, 0);
    host.run("pkill -KILL -f '[1] while 1'");
    await until(() => answers() === 0);
    assert.equal(host.run("cat /run/gatebox/gateway/frozen").stdout, "0 0");
  });
});
