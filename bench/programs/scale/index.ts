import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parseBox } from "../../../box/index.ts";
import { readOfProject } from "../../../lab/stack.ts";
import { BoxHosts, ExposedService, GatewayPool, WebserverPool } from "../../../components/index.ts";

/**
 * What the project's own program makes, of a box that stands in a JSON file: Pulumi hands a program its configuration in
 * one environment variable, which Linux limits to 128 KiB.
 */
const values = JSON.parse(readFileSync(new pulumi.Config("scale").require("file"), "utf8")) as Record<string, unknown>;
const knownHosts = readFileSync(process.env["GATEBOX_KNOWN_HOSTS"] ?? "", "utf8");
const box = parseBox({ name: "scale", values, readFile: readOfProject, knownHosts });

const hosts = new BoxHosts("hosts", { box });
const gateways = new GatewayPool("gateways", { box }, { dependsOn: hosts });
const webservers = new WebserverPool("webservers", { box }, { dependsOn: hosts });
for (const service of box.services) {
  new ExposedService(service.name, { box, service }, { dependsOn: [gateways, webservers] });
}
