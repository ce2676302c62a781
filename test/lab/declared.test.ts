import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { apiPlaceOf, chooseApiPlace, isSwitching } from "../../lab/cluster/apiPlace.ts";
import { firstMaster, LOAD_BALANCER } from "../../lab/cluster/index.ts";
import { declaredApiPlace } from "../../lab/declared.ts";
import { labNamed } from "../../lab/state.ts";

const file = (controlPlane: string): string => `config:
  gatebox:virtualIps:
    kube: { pool: masters-pool, network: box-network, address: 192.168.1.10, virtualRouterId: 3 }
  ${controlPlane}
`;

describe("the place of the API that a stack declares", () => {
  it("is the first master's while there is no load balancer", () => {
    assert.deepEqual(declaredApiPlace(file("")), firstMaster());
    assert.deepEqual(declaredApiPlace(""), firstMaster());
    assert.deepEqual(firstMaster(), { address: "192.168.1.21", port: 6443 });
  });

  it("is the load balancer's, by the name that it has", () => {
    const named = "gatebox:controlPlane: { virtualIp: kube, serverNames: [kube.plane.box], ca: kube-ca.pem }";
    assert.deepEqual(declaredApiPlace(file(named)), { address: "192.168.1.10", port: 6442, name: "kube.plane.box" });
    const nameless = "gatebox:controlPlane: { virtualIp: kube, port: 7443, ca: kube-ca.pem }";
    assert.deepEqual(declaredApiPlace(file(nameless)), { address: "192.168.1.10", port: 7443 });
  });

  it("is the first master's where the file is not sound: refusing it is for others", () => {
    for (const unsound of ["gatebox:controlPlane: { virtualIp: cube }", "gatebox:controlPlane: 5"])
      assert.deepEqual(declaredApiPlace(file(unsound)), firstMaster(), unsound);
  });
});

describe("the place of the API that a lab has chosen", () => {
  it("is known, and whether everything has been led there: what failed half way is not done", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "gatebox-place-"));
    const lab = { ...labNamed("place"), directory };
    const shown = async () => [await apiPlaceOf(lab), await isSwitching(lab)];
    try {
      assert.deepEqual(await shown(), [firstMaster(), false]);
      await chooseApiPlace(lab, LOAD_BALANCER, { switching: true });
      assert.deepEqual(await shown(), [LOAD_BALANCER, true]);
      await chooseApiPlace(lab, LOAD_BALANCER);
      assert.deepEqual(await shown(), [LOAD_BALANCER, false]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
