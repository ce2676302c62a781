import assert from "node:assert/strict";
import { setNodePortAddresses } from "../../lab/cluster/index.ts";
import { askedAtOnce } from "./atOnce.ts";
import { connects, onHost, statusFrom, world } from "./world.ts";

/** NodePort of an app of the lab that no stack exposes. */
const UNDECLARED = 30999;

/** The gateways' own addresses; the last one is the address that moves between them. */
const ADDRESSES = [11, 12, 13, 10] as const;

/** Of the ports that nobody on the gateway network may reach, those that a web server does reach. */
async function reachedAt(gateway: number): Promise<readonly number[]> {
  const { lab } = await world();
  const ports = [UNDECLARED, 10250, 10256, 2379, 2380, 22, 8405, 9100];
  const reached = ports.map(async (port) => connects(lab, "webserver-1", `192.168.2.${gateway}`, port));
  return (await Promise.all(reached)).flatMap((yes, index) => (yes ? [ports[index]!] : []));
}

describe("the border lets only declared ports be reached from the gateway network", () => {
  for (const addresses of ["all", "box"] as const) {
    describe(`while kube-proxy takes NodePorts on ${addresses === "all" ? "every address" : "the box network only"}`, () => {
      before(async function () {
        const { lab } = await world();
        await setNodePortAddresses(lab, addresses);
      });
      after(async () => {
        const { lab } = await world();
        await setNodePortAddresses(lab, "all");
      });
      const reached = askedAtOnce(ADDRESSES, reachedAt);

      it("the NodePort works where it should: on the box network", async () => {
        const { lab } = await world();
        assert.equal(await statusFrom(lab, "master-1", `http://192.168.1.11:${UNDECLARED}/`), 200);
      });

      for (const gateway of ADDRESSES) {
        it(`gateway 192.168.2.${gateway}: undeclared NodePort, kubelet, etcd, SSH and metrics are out of reach`, async () => {
          assert.deepEqual(await reached(gateway), []);
        });
      }

      it("the gateway routes nobody into the box network", async () => {
        const { lab } = await world();
        const reach = async (): Promise<boolean> => connects(lab, "webserver-1", "192.168.1.21", 6443);
        await onHost(lab, "webserver-1", "ip route add 192.168.1.0/24 via 192.168.2.11");
        try {
          assert.equal(await reach(), false);
        } finally {
          await onHost(lab, "webserver-1", "ip route del 192.168.1.0/24 via 192.168.2.11");
        }
      });

      it("a declared port works on the address that moves between the gateways", async () => {
        const { lab } = await world();
        assert.equal(await statusFrom(lab, "webserver-1", "http://192.168.2.10:30160/"), 200);
      });

      it("a declared port works and went through HAProxy, as its log shows", async () => {
        const { lab } = await world();
        const path = `/seen-${addresses}-${process.pid}`;
        assert.equal(await statusFrom(lab, "webserver-1", `http://192.168.2.12:30160${path}`), 200);
        const log = await onHost(
          lab,
          "gateway-2",
          // The journal has it a moment later.
          `for i in $(seq 40); do journalctl -q -t haproxy --since -60s | grep -F 'GET ${path} ' && exit; sleep 0.5; done; exit 1`,
          30,
        );
        assert.match(log, /192\.168\.2\.1:\d+ .* argocd-30160 argocd-30160\/gateway-[123] .* 200 /);
      });
    });
  }

  it("SSH from the box network goes on working", async () => {
    const { lab } = await world();
    assert.equal(await connects(lab, "master-1", "192.168.1.11", 22), true);
  });
});
