import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, stackUrls } from "../../lab/page.ts";
import { GATEWAYS, onHost, WEB, world } from "./world.ts";

/** Requests to each service through each web server while gateways are down. */
const ROUNDS = 5;

async function allAnswer(): Promise<void> {
  const { lab, stack } = await world();
  const failures: string[] = [];
  for (const [service, url] of Object.entries(await stackUrls(stack))) {
    for (const webserver of WEB) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { status } = await ask(lab, url, webserver);
        if (status !== 200) failures.push(`${service} through ${webserver}: ${status}`);
      }
    }
  }
  assert.deepEqual(failures, []);
}

describe("requests succeed with any two of the three gateways stopped", () => {
  for (const left of GATEWAYS) {
    const stopped = GATEWAYS.filter((gateway) => gateway !== left);

    it(`HAProxy runs on ${left} alone`, async () => {
      const { lab } = await world();
      try {
        for (const gateway of stopped) await onHost(lab, gateway, "systemctl stop haproxy");
        await allAnswer();
      } finally {
        for (const gateway of stopped) await onHost(lab, gateway, "systemctl start haproxy");
      }
    });
  }

  it("two gateways lose all packets", async () => {
    const { lab } = await world();
    const silent = ["gateway-1", "gateway-2"] as const;
    const table = "inet lab_silence";
    try {
      for (const gateway of silent) {
        const rules = `add table ${table}; add chain ${table} in { type filter hook prerouting priority -400; }; add rule ${table} in iifname { gateway-network, box-network } drop`;
        await onHost(lab, gateway, `nft '${rules}'`);
      }
      // HAProxy needs three missed checks, 2 s apart at first and 0.5 s from the first miss on, to leave a server out.
      await sleep(4000);
      await allAnswer();
    } finally {
      for (const gateway of silent) await onHost(lab, gateway, `nft 'delete table ${table}'`);
    }
  });
});
