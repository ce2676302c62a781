import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { stackBox } from "../../components/index.ts";
import { connectionArgs, requireConnection } from "../../host/connection.ts";
import type { Box } from "../../box/index.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { protoboxText } from "../box/protobox.ts";
import { registrationsOf } from "./registrations.ts";

/** The box that the Protobox's stack file describes where the file of host keys is missing. */
async function boxOf(text: string): Promise<{ readonly box?: Box; readonly fault?: string }> {
  let found: { box?: Box; fault?: string } = {};
  await registrationsOf(text, () => {
    try {
      found = stackBox();
      for (const host of Object.values(found.box?.hosts ?? {})) if (host.connection) connectionArgs(host.connection);
    } catch (error) {
      assert.ok(pulumi.RunError.isInstance(error), String(error));
      found = { fault: error.message };
    }
  });
  return found;
}

describe("a preview without host keys", () => {
  const before = process.env["GATEBOX_KNOWN_HOSTS"];
  beforeEach(() => Reflect.deleteProperty(process.env, "GATEBOX_KNOWN_HOSTS"));
  after(() => {
    if (before !== undefined) process.env["GATEBOX_KNOWN_HOSTS"] = before;
  });

  it("goes through where none is known: whoever reviews a change has none", async () => {
    const { box, fault } = await boxOf(protoboxText);
    assert.equal(fault, undefined);
    assert.equal(requireConnection(box!.hosts["gateway-1"]!).hostKey, undefined);
  });

  it("is refused where one is missing beside others: that is a mistake", async () => {
    const own = protoboxText.replace(/^( {4}gateway-1:\n)/m, `$1      hostKey: ${hostKeyFor("gateway-1")}\n`);
    assert.notEqual(own, protoboxText);
    const { fault } = await boxOf(own);
    assert.match(fault ?? "", /connection\.knownHosts: .* cannot be read/);
  });

  it("tells every other mistake", async () => {
    const { fault } = await boxOf(protoboxText.replace("pool: kube-gateway-pool", "pool: kube-gatway-pool"));
    assert.match(fault ?? "", /kubeGateways\.pool: unknown pool "kube-gatway-pool"/);
  });
});
