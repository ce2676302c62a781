import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Box } from "../../box/index.ts";
import { ExposedService, exposeService, GatewayPool, GatewayRoute, HostNetwork, NatGateway, VirtualIps, WebserverPool, WebserverRoute } from "../../components/index.ts"; // prettier-ignore
import { parseProtobox } from "../box/parsing.ts";
import { protoboxText } from "../box/protobox.ts";
import { registrationsOf } from "./registrations.ts";

/** What a program is refused with. */
async function refusal(program: (box: Box) => unknown): Promise<string> {
  const box = parseProtobox();
  let refused: unknown;
  await registrationsOf(protoboxText, () => {
    try {
      program(box);
    } catch (error) {
      refused = error;
    }
  });
  assert.ok(pulumi.ResourceError.isInstance(refused), `not a ResourceError: ${String(refused)}`);
  // The engine then prints the message alone, without the calls that led to it.
  assert.equal(refused.hideStack, true);
  return refused.message;
}

/** A service that a stack of its own exposes on the box. */
function expose(box: Box, name: string, port: number, location: string): ExposedService {
  const app = { port, namespace: "docs" };
  return new ExposedService(name, { box, service: exposeService(box, name, { app, web: { location } }) });
}

describe("components of one program that are in each other's way", () => {
  it("two services on one port: both are named", async () => {
    const message = await refusal((box) => {
      expose(box, "wiki", 30170, "/wiki/");
      expose(box, "handbook", 30170, "/handbook/");
    });
    assert.equal(
      message,
      '"handbook-gateways" declares port 30170 of kube-gateway-pool in box protobox, which "wiki-gateways" has declared already: choose another or remove one of the two',
    );
  });

  it("two services on one location: both are named", async () => {
    const message = await refusal((box) => {
      expose(box, "wiki", 30170, "/docs/");
      expose(box, "handbook", 30171, "/docs/");
    });
    assert.equal(
      message,
      '"handbook-webservers" declares location /docs/ on webservers-pool in box protobox, which "wiki-webservers" has declared already: choose another or remove one of the two',
    );
  });

  it("a route on a port of the pool's own table, whichever comes first", async () => {
    const route = (box: Box) => new GatewayRoute("mine", { box, route: box.kubeGateways!.routes[0]! });
    const pool = (box: Box) => new GatewayPool("gateways", { box });
    const port = "port 30163 of kube-gateway-pool in box protobox";
    assert.match(
      await refusal((box) => [pool(box), route(box)]),
      new RegExp(`^"mine" declares ${port}, which "gateways" has`),
    );
    assert.match(
      await refusal((box) => [route(box), pool(box)]),
      new RegExp(`^"gateways" declares ${port}, which "mine" has`),
    );
  });

  it("a route on a location of the pool's own table", async () => {
    const message = await refusal((box) => {
      new WebserverPool("webservers", { box });
      new WebserverRoute("mine", { box, route: box.webservers!.routes[0]! });
    });
    assert.match(
      message,
      /^"mine" declares location \/kibana\/ on webservers-pool in box protobox, which "webservers"/,
    );
  });

  it("the same port and the same location on another box are nobody's", async () => {
    const registered = await registrationsOf(protoboxText, () => {
      const box = parseProtobox();
      expose(box, "wiki", 30170, "/docs/");
      const service = exposeService(box, "wiki", {
        app: { port: 30170, namespace: "docs" },
        web: { location: "/docs/" },
      });
      new ExposedService("other-wiki", { box: { ...box, name: "other" }, service });
    });
    assert.equal(registered.filter(({ type }) => type === "ExposedService").length, 2);
  });
});

describe("a pool that the box does not have", () => {
  const makers = {
    HostNetwork: (box: Box, pool: string) => new HostNetwork("mine", { box, pool }),
    NatGateway: (box: Box, pool: string) => new NatGateway("mine", { box, pool }),
    VirtualIps: (box: Box, pool: string) => new VirtualIps("mine", { box, pool }),
  };
  for (const [name, make] of Object.entries(makers)) {
    for (const [pool, end] of [
      ["nat-gatway-pool", ' (did you mean "nat-gateway-pool"?)'],
      ["constructor", ""],
    ] as const) {
      it(`is no pool without members: ${name} of ${pool}`, async () => {
        let refused: unknown;
        await registrationsOf(protoboxText, () => {
          try {
            make(parseProtobox(), pool);
          } catch (error) {
            refused = error;
          }
        });
        // The engine prints its message alone, as that of a ResourceError.
        assert.ok(pulumi.RunError.isInstance(refused), `not a RunError: ${String(refused)}`);
        assert.ok(refused.message.startsWith(`unknown pool "${pool}" of box protobox${end}`), refused.message);
      });
    }
  }
});

describe("a pool that the box has nothing for", () => {
  for (const [section, make] of Object.entries({
    natGateways: (box: Box) => new NatGateway("mine", { box, pool: "kube-gateway-pool" }),
    virtualIps: (box: Box) => new VirtualIps("mine", { box: { ...box, virtualIps: {} }, pool: "kube-gateway-pool" }),
  })) {
    it(`is refused, and nothing is made: ${section}`, async () => {
      let refused: unknown;
      const registered = await registrationsOf(protoboxText, () => {
        try {
          make(parseProtobox());
        } catch (error) {
          refused = error;
        }
      });
      assert.ok(pulumi.RunError.isInstance(refused), `not a RunError: ${String(refused)}`);
      assert.equal(
        refused.message,
        `${section} of box protobox has no entry for pool "kube-gateway-pool": write one there, or leave the component out`,
      );
      assert.deepEqual(
        registered.filter(({ type }) => type === "Command"),
        [],
      );
    });
  }
});

describe("a certificate and its key come together", () => {
  const withCertificate = (box: Box): Box => ({
    ...box,
    webservers: { ...box.webservers!, certificate: "CERTIFICATE" },
  });

  it("a certificate without its key", async () => {
    const message = await refusal((box) => new WebserverPool("webservers", { box: withCertificate(box) }));
    assert.equal(
      message,
      "webservers.tls.certificate is set, but its key is not: `pulumi config set --secret gatebox:tlsPrivateKey < key.pem`",
    );
  });

  it("a key without its certificate", async () => {
    const message = await refusal(
      (box) => new WebserverPool("webservers", { box, tlsPrivateKey: pulumi.secret("KEY") }),
    );
    assert.equal(
      message,
      "gatebox:tlsPrivateKey is set, but webservers.tls.certificate is not: give both, or neither for a trial",
    );
  });

  it("a key beside a certificate that the box issues", async () => {
    const message = await refusal((box) => {
      const issued = { ...box, webservers: { ...box.webservers!, issuedByBox: true as const } };
      return new WebserverPool("webservers", { box: issued, tlsPrivateKey: pulumi.secret("KEY") });
    });
    assert.equal(
      message,
      "gatebox:tlsPrivateKey is set, and webservers.tls.issuedByBox is true, with which the box makes the key: take one of them out",
    );
  });

  it("a key that was not marked as secret is one all the same", async () => {
    const registered = await registrationsOf(protoboxText, () => {
      new WebserverPool("webservers", { box: withCertificate(parseProtobox()), tlsPrivateKey: "PRIVATE" });
    });
    const holders = registered.filter(({ secrets }) => secrets.some((secret) => secret.includes("PRIVATE")));
    assert.equal(holders.length, 2);
    assert.doesNotMatch(JSON.stringify(registered.map(({ plain }) => plain)), /PRIVATE/);
  });
});
