import assert from "node:assert/strict";
import type { Assembly } from "../../render/assembly.ts";
import { boxPackages } from "../../render/boxPackages.ts";
import { registryOf } from "../../render/registryOf.ts";
import { haBox, haHost } from "./sampleHa.ts";

const assembly = (name: string, pool: string, packages: string[], maskedUntilConfigured: string[]): Assembly => ({
  name,
  pools: () => [pool],
  programs: [{ name, packages, maskedUntilConfigured }],
  files: () => [],
});

describe("render/boxPackages", () => {
  const registry = registryOf([
    assembly("edge", "webservers_pool", ["nginx", "iproute2"], ["nginx.service"]),
    assembly("more", "webservers_pool", ["curl", "iproute2"], ["more.service"]),
    assembly("other", "nat_gateway_pool", ["conntrackd"], ["conntrackd.service"]),
  ]);

  it("packages are those of all assemblies of the host, in order and each once", () => {
    assert.deepEqual(boxPackages(registry, haBox(), haHost("webserver-1")), {
      packages: ["curl", "iproute2", "nginx"],
      maskedUntilConfigured: ["more.service", "nginx.service"],
    });
    assert.deepEqual(boxPackages(registry, haBox(), haHost("gateway-1")), { packages: [], maskedUntilConfigured: [] });
  });

  it("packages of programs that are installed in any case stand among them", () => {
    const own = [{ name: "netplan", packages: ["netplan.io", "iproute2"], maskedUntilConfigured: [] }];
    assert.deepEqual(boxPackages(registry, haBox(), haHost("gateway-4"), own), {
      packages: ["conntrackd", "iproute2", "netplan.io"],
      maskedUntilConfigured: ["conntrackd.service"],
    });
  });
});
