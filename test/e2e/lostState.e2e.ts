import assert from "node:assert/strict";
import { serves, servesWhile, startKibana, stopKibana } from "./serving.ts";
import { edited, onHost, restore, up, world } from "./world.ts";

const HOST = "gateway-2";

/** What stands on the host for each assembly: its name, and whether its generation is there. */
const live = 'for link in /etc/gatebox/*; do [ -d "$link/lifecycle" ] && echo "${link##*/} live" || echo "${link##*/} lost"; done'; // prettier-ignore

describe("a gateway that has lost /var/lib/gatebox", () => {
  before(async () => startKibana((await world()).lab));
  after(async () => {
    await restore(await world());
    await stopKibana((await world()).lab);
  });

  it("gets everything again by one `up` when it is declared to be another machine, and nobody else notices", async () => {
    const { lab, stack } = await world();
    const before = await onHost(lab, HOST, live);
    assert.match(before, /^gateway live$/m);
    await onHost(lab, HOST, "rm -rf /var/lib/gatebox");
    assert.doesNotMatch(await onHost(lab, HOST, live), / live$/m);
    await stack.configure(
      await edited((config) => config.setIn(["config", "gatebox:hosts", HOST, "machine"], "another")),
    );
    await servesWhile(lab, "webserver-1", () => up(stack));
    assert.equal(await onHost(lab, HOST, live), before);
    // It had been running on without what a restart needs.
    await onHost(lab, HOST, "systemctl restart haproxy");
    await serves(lab, HOST);
  });
});
