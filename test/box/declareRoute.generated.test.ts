import assert from "node:assert/strict";
import fc from "fast-check";
import { declareGatewayRoute, declareWebserverRoute, type GatewayRouteDeclaration } from "../../box/index.ts";
import { exported } from "./exported.ts";
import { parseProtobox, violationsOf } from "./parsing.ts";

const postgres = {
  mode: "tcp" as const,
  port: 30500,
  destination: { addresses: [{ name: "database-1", address: "192.168.1.31", port: 5432 }] },
} satisfies GatewayRouteDeclaration;
const kibana = { location: "/logs/", upstream: { name: "stream_logs", app: "kibana", group: "kube-gateway-pool" } };

describe("a route that is declared on a box", () => {
  for (const [where, box] of Object.entries({
    "its own": parseProtobox(),
    "another stack's": exported(parseProtobox()),
  })) {
    it(`is what the stack file makes of it: on ${where}`, () => {
      const whole = parseProtobox({
        "kubeGateways.routes.postgres": postgres,
        "webservers.routes.logs": kibana,
      });
      const route = whole.kubeGateways?.routes.find(({ name }) => name === "postgres");
      assert.deepEqual(declareGatewayRoute(box, "postgres", postgres), route);
      const location = whole.webservers?.routes.find(({ name }) => name === "logs");
      assert.deepEqual(declareWebserverRoute(box, "logs", kibana), location);
    });
  }

  it("is refused by the box's rules, in the stack file's words", () => {
    const box = parseProtobox();
    const refused: readonly [() => unknown, RegExp][] = [
      [() => declareGatewayRoute(box, "postgres", { ...postgres, port: 30163 }), /^kubeGateways\.routes\.postgres.*30163/],
      [() => declareGatewayRoute(box, "kibana", postgres), /^kubeGateways\.routes\.kibana: "kibana" is a route of the box already/],
      [() => declareGatewayRoute(box, "postgres", { ...postgres, destination: { group: { name: "databses-pool" } } }), /did you mean "databases-pool"/],
      [() => declareWebserverRoute(box, "logs", { ...kibana, location: "/kibana/" }), /^webservers\.routes\.logs\.location: \/kibana\/ is declared/],
      [() => declareWebserverRoute(box, "logs", { ...kibana, location: "logs" }), /^webservers\.routes\.logs\.location: "logs" is not a location/],
    ]; // prettier-ignore
    for (const [declare, expected] of refused) {
      const lines = violationsOf(declare);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, expected);
    }
  });

  it("is refused where the box has no gateways to be on", () => {
    const box = parseProtobox({ kubeGateways: undefined, webservers: undefined, services: undefined, "virtualIps.gateways": undefined, "virtualIps.edge": undefined, "virtualIps.egress": undefined, "virtualIps.egressOut": undefined, natGateways: undefined }); // prettier-ignore
    assert.deepEqual(
      violationsOf(() => declareGatewayRoute(box, "postgres", postgres)),
      ["kubeGateways: is missing in the box, so it has nowhere to be"],
    );
  });

  it("on any free port leads to what it names, and on a taken one is never made", () => {
    const box = parseProtobox();
    const taken = new Set([...box.services.map(({ gateway }) => gateway.port), ...box.kubeGateways!.routes.map(({ port }) => port)]); // prettier-ignore
    fc.assert(
      fc.property(fc.integer({ min: 30100, max: 30300 }), (port) => {
        const lines = violationsOf(() => {
          const route = declareGatewayRoute(box, "more", { ...postgres, port });
          assert.equal(route.port, port);
          assert.equal(route.destination.members[0]?.port, 5432);
        });
        assert.equal(lines.length > 0, taken.has(port), lines.join("\n"));
      }),
    );
  });
});
