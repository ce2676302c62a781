import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { ask, stackUrls } from "../../lab/page.ts";
import { GATEWAYS, onHost, WEB, world } from "./world.ts";

/** Requests to each service through each web server while gateways are down. */
const ROUNDS = 5;

/** Requests at once: each waits for the gateways that do not answer. */
const ASKED_AT_ONCE = 4;

let urls: Readonly<Record<string, string>>;

async function allAnswer(): Promise<void> {
  const { lab } = await world();
  const failures: string[] = [];
  const limit = pLimit(ASKED_AT_ONCE);
  const services = Object.entries(urls).flatMap(([service, url]) =>
    WEB.map(async (webserver) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { status } = await limit(() => ask(lab, url, webserver));
        if (status !== 200) failures.push(`${service} through ${webserver}: ${status}`);
      }
    }),
  );
  await Promise.all(services);
  assert.ok(services.length > 0);
  assert.deepEqual(failures, []);
}

describe("requests succeed with any two of the three gateways stopped", () => {
  before(async () => {
    urls = await stackUrls((await world()).stack);
  });

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
