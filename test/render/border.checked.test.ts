import assert from "node:assert/strict";
import { borderBase } from "../../render/border/rules.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { checkBorder } from "./checkers.ts";
import { gatewayHost, gatewayRoute, sampleBox } from "./sampleRoutes.ts";

describe("render/border, read by nftables,", () => {
  it("is accepted without and with declared ports", () => {
    assert.deepEqual(checkBorder(gatewayFiles(sampleBox(), gatewayHost)), { ok: true, words: "" });
    const two = sampleBox({ gateway: [gatewayRoute(), gatewayRoute({ port: 30166 })] });
    assert.deepEqual(checkBorder(gatewayFiles(two, gatewayHost)), { ok: true, words: "" });
  });

  it("is accepted on a host that has no other network", () => {
    const text = borderBase({
      gatewayInterface: "gateway-network",
      gatewayCidr: "192.168.2.0/24",
      innerInterfaces: [],
      innerCidrs: [],
    });
    assert.deepEqual(checkBorder([{ path: "border/base.nft", mode: "0644", text }]), { ok: true, words: "" });
  });

  it("is accepted with IPv6 prefixes of inner networks", () => {
    const box = sampleBox();
    const networks = { ...box.networks, "box-network": { ...box.networks["box-network"]!, ipv6: "fd00:0:0:b::/64" } };
    assert.deepEqual(checkBorder(gatewayFiles({ ...box, networks }, gatewayHost)), { ok: true, words: "" });
  });
});
