import assert from "node:assert/strict";
import { hostNamed, HOSTS } from "../../lab/inventory.ts";
import { readRecord } from "../../lab/state.ts";
import { askedAtOnce } from "./atOnce.ts";
import { CONFIGURED, statusFrom, world } from "./world.ts";

/** Where monitoring runs, as the stack says. */
const MONITORING = ["gateway-4", "gateway-5"];

/** Where monitoring asks a host: of its networks the first that the host is on. */
function asked(name: string): string {
  const { addresses } = hostNamed(name);
  const address = addresses["box-network"] ?? addresses["gateway-network"];
  assert.ok(address, `${name} is on no network that monitoring asks on`);
  return address;
}

/** The status that every other host of the lab gets from the node exporter of one. */
async function statusesFor(name: string): Promise<Readonly<Record<string, number>>> {
  const { lab } = await world();
  const record = await readRecord(lab);
  const url = `http://${asked(name)}:9100/metrics`;
  // The host itself is let in by its loopback.
  const others = HOSTS.filter((host) => host.name !== name && record?.hosts.includes(host.name));
  const statuses = others.map(async (host) => [host.name, await statusFrom(lab, host.name, url, 2)] as const);
  return Object.fromEntries(await Promise.all(statuses));
}

/** Node exporters that are asked at once, by every host: monitoring's own have to get their answer within seconds. */
const ASKED_AT_ONCE = 4;

describe("the node exporter", () => {
  const statusesOf = askedAtOnce(CONFIGURED, statusesFor, ASKED_AT_ONCE);

  for (const name of CONFIGURED)
    it(`of ${name} answers monitoring's hosts, and nobody else of the lab`, async () => {
      const statuses = await statusesOf(name);
      assert.deepEqual(
        statuses,
        Object.fromEntries(Object.keys(statuses).map((host) => [host, MONITORING.includes(host) ? 200 : 0])),
      );
      assert.ok(Object.keys(statuses).length >= CONFIGURED.length - 1);
    });
});
