import assert from "node:assert/strict";
import { hostNamed, HOSTS } from "../../lab/inventory.ts";
import { readRecord } from "../../lab/state.ts";
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

describe("the node exporter", () => {
  for (const name of CONFIGURED)
    it(`of ${name} answers monitoring's hosts, and nobody else of the lab`, async () => {
      const { lab } = await world();
      const record = await readRecord(lab);
      const up = HOSTS.filter((host) => record?.hosts.includes(host.name));
      const url = `http://${asked(name)}:9100/metrics`;
      // The host itself is let in by its loopback.
      const others = up.filter((host) => host.name !== name);
      const statuses = await Promise.all(
        others.map(async (host) => [host.name, await statusFrom(lab, host.name, url, 2)] as const),
      );
      assert.deepEqual(
        Object.fromEntries(statuses),
        Object.fromEntries(others.map((host) => [host.name, MONITORING.includes(host.name) ? 200 : 0])),
      );
    });
});
