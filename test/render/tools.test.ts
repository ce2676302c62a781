import assert from "node:assert/strict";
import type { Box } from "../../box/index.ts";
import { toolSecretsOf } from "../../components/toolSecrets.ts";
import { registry } from "../../render/registry.ts";
import { toolFiles, toolUserFiles } from "../../render/tools/index.ts";
import { toolPorts } from "../../render/tools/ports.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";
import { allTools, credentials, toolsBox, toolsPassword } from "./sampleTools.ts";

const oidc = { oidcProxy: { address: "192.168.2.14" }, prometheus: {}, grafana: { auth: "oidc" } };
const secretFiles = (box: Box, password: string) => toolUserFiles(box.tools!, toolSecretsOf(box, password));
const portsOf = (box: Box, host: string) => registry.portsOf(box, box.hosts[host]!);

describe("render/tools", () => {
  it("makes the files that are written for five tools behind a password", () => {
    for (const { path, text } of toolFiles(toolsBox())) assertGolden(`tools/password/${path}`, text);
  });

  it("makes the files that are written for tools behind an OIDC proxy", () => {
    for (const { path, text } of toolFiles(toolsBox(oidc))) assertGolden(`tools/oidc/${path}`, text);
  });

  it("changes nothing of a web server's own files", () => {
    const files = (box: Box) => webserverFiles(box, box.hosts["webserver-1"]!);
    assert.deepEqual(files(toolsBox()), files(parseProtobox()));
  });

  it("opens a tool's port to the web servers alone, on its own hosts alone", () => {
    const box = toolsBox();
    const added = portsOf(box, "gateway-4").filter((one) => !portsOf(parseProtobox(), "gateway-4").some((other) => other.purpose === one.purpose)); // prettier-ignore
    assert.deepEqual(added, toolPorts(box, box.hosts["gateway-4"]!));
    assert.deepEqual(
      added.map((one) => ("port" in one ? [one.port, one.network, one.from, one.unknownListener] : [])),
      [9090, 9093, 3000, 8500, 8080].map((port) => [port, "gateway-network", ["192.168.2.1", "192.168.2.2"], true]),
    );
    for (const host of ["webserver-1", "gateway-1", "supervisor-1"])
      assert.deepEqual(portsOf(box, host), portsOf(parseProtobox(), host), host);
  });

  it("has two secret files, the same for the same password, and neither with the password in it", () => {
    const box = toolsBox();
    const files = secretFiles(box, toolsPassword);
    assert.deepEqual(secretFiles(box, toolsPassword), files);
    assert.deepEqual(
      files.map(({ path, mode }) => [path, mode]),
      [
        ["nginx/tools/users", "0640"],
        ["nginx/upstreams/_tools-known.conf", "0600"],
      ],
    );
    assert.match(files[0]!.text, /^operator:\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}\n$/);
    const all = JSON.stringify([...files, ...toolFiles(box)]);
    assert.doesNotMatch(all, new RegExp(`${toolsPassword}|${credentials}`));
    const other = secretFiles(box, `${toolsPassword}!`);
    for (const [index, { text }] of files.entries()) assert.notEqual(other[index]!.text, text);
    assert.throws(() => secretFiles(box, "hunter2"), /^Error: the password of the tools of protobox is shorter than 12 characters: (?!.*hunter2)/); // prettier-ignore
  });

  it("gives each place a cookie of its own", () => {
    const http = toolFiles(toolsBox()).find(({ path }) => path.endsWith("upstreams/_tools.conf"))!.text;
    const cookies = [...http.matchAll(/^map \$tools_known (\S+) \{\n.*; Path=(\S+);/gm)].map(
      ([, name, place]) => `${name} ${place}`,
    );
    assert.deepEqual(cookies, [
      "$tools_cookie_prometheus /prometheus/",
      "$tools_cookie_alertmanager /alertmanager/",
      "$tools_cookie_consul /consul/",
      "$tools_cookie_consul_1 /v1/",
    ]);
  });

  it("asks for no password where no tool needs one", () => {
    const text = JSON.stringify(toolFiles(toolsBox({ grafana: {}, gitlab: allTools.gitlab })));
    assert.doesNotMatch(text, /auth_basic|tools_known|tools_stranger/);
  });
});
