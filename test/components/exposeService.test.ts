import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { writtenBox, type Box } from "../../box/index.ts";
import { ExposedService, exposeService, readBox } from "../../components/index.ts";
import { parseProtobox } from "../box/parsing.ts";
import { registrationsOf } from "./registrations.ts";

const box = readBox(JSON.parse(JSON.stringify(writtenBox(parseProtobox()))));
const app = { port: 30170, namespace: "books", targetPort: 8080 };

describe("a program that exposes a service on another stack's box", () => {
  it("makes the Service, a route on each gateway and a location on each web server, and nothing else", async () => {
    const found = await registrationsOf("config: {}", () => {
      new ExposedService("of-books", { box, service: exposeService(box, "wiki", { app }) });
    });
    const commands = found.filter(({ type }) => type === "Command").map(({ name }) => name);
    assert.deepEqual(commands.sort(), [
      "of-books-gateways-gateway-1-gateway-gatebox.protobox.wiki",
      "of-books-gateways-gateway-2-gateway-gatebox.protobox.wiki",
      "of-books-gateways-gateway-3-gateway-gatebox.protobox.wiki",
      "of-books-webservers-webserver-1-webserver-gatebox.protobox.wiki",
      "of-books-webservers-webserver-2-webserver-gatebox.protobox.wiki",
    ]);
    const [service, ...others] = found.filter(({ type }) => type === "Service");
    assert.deepEqual(others, []);
    const { metadata, spec } = service?.plain as { metadata: { name: string; namespace: string }; spec: object };
    assert.deepEqual([metadata.namespace, metadata.name], ["books", "wiki"]);
    assert.deepEqual(spec, {
      type: "NodePort",
      selector: { app: "wiki" },
      ports: [{ name: "web", port: 80, targetPort: 8080, nodePort: 30170, protocol: "TCP" }],
    });
  });

  it("ends with the violations alone when there are some: Pulumi shows no stack trace of them", () => {
    const taken = { ...app, port: 30160 };
    assert.throws(
      () => exposeService(box, "wiki", { app: taken }),
      (error) =>
        pulumi.RunError.isInstance(error) && error.message.startsWith('Service "wiki" on box "protobox" has 1'),
    );
    assert.throws(
      () => readBox(undefined),
      (error) => pulumi.RunError.isInstance(error) && error.message.includes("box: is missing"),
    );
    assert.throws(
      () => exposeService({} as Box, "wiki", { app }),
      (error) => pulumi.RunError.isInstance(error) && error.message.includes("box: is not a box that"),
    );
  });

  it("cannot make one service twice", async () => {
    const service = exposeService(box, "wiki", { app });
    const twice = registrationsOf("config: {}", () => {
      new ExposedService("one", { box, service });
      new ExposedService("two", { box, service });
    });
    await assert.rejects(twice, /"two-gateways" declares port 30170 of kube-gateway-pool in box protobox/);
  });
});
