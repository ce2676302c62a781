import { setTimeout as pause } from "node:timers/promises";
import { haBox, natGateways, virtualIps } from "./sampleHa.ts";
import type { Flow } from "./sandbox/flows.ts";
import { NatNetwork } from "./sandbox/natNetwork.ts";

/** Two NAT gateways with real nftables, keepalived and conntrackd, for the tests of a suite. */
export class NatPair {
  #network: NatNetwork | undefined;

  constructor() {
    before(async () => {
      const box = haBox({ virtualIps: { nat: virtualIps.nat, natOut: virtualIps.natOut }, natGateways: [natGateways[0]!] }); // prettier-ignore
      this.#network = await NatNetwork.make(box, ["gateway-4", "gateway-5"]);
      await this.#network.applyAll();
    });
    after(() => this.#network?.remove());
  }

  get network(): NatNetwork {
    if (!this.#network) throw new Error("the network is made before the tests");
    return this.#network;
  }

  /** Flows that last while gateway-4 dies, the other goes on with them, and it returns. */
  flowsThroughFailover(...options: readonly string[]): Promise<Flow[]> {
    const { network } = this;
    const failover = async (): Promise<void> => {
      network.cables("gateway-4", "down");
      await network.until(() => network.holds("gateway-5"), "gateway-5 takes over");
      await pause(3000);
      network.cables("gateway-4", "up");
      await network.holder("gateway-4");
      await pause(3000);
    };
    return network.flowsWhile(failover, ...options);
  }
}
