import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { alertmanagerConfiguration } from "../../render/alertmanager/configuration.ts";
import { secretFile } from "../../render/monitoringServer/secretFiles.ts";
import { portConflicts } from "../../render/portConflicts.ts";
import { monitoringOf } from "../../render/prometheus/place.ts";
import { timingOf } from "../../render/prometheus/timing.ts";
import { registry } from "../../render/registry.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { parseProtobox } from "../box/parsing.ts";
import { assertGolden } from "./golden.ts";
import { monitoredBox, monitoringPlace } from "./sampleMonitoring.ts";

const assemblyOf = (name: string) => registry.assemblies.find((one) => one.name === name)!;
const filesOf = (assembly: string, box = monitoredBox(), host = "gateway-4") =>
  assemblyOf(assembly).files(box, box.hosts[host]!, registry);
const textOf = (assembly: string, path: string, box = monitoredBox(), host = "gateway-4"): string =>
  filesOf(assembly, box, host).find((file) => file.path === path)!.text;

describe("render/prometheus", () => {
  it("reads like the real thing", () => {
    const files = filesOf("prometheus", monitoredBox({ remoteWrite: { url: "https://metrics.site/api/v1/write", authentication: "basic", username: "box" } })); // prettier-ignore
    const golden = files.filter(({ path }) => /^(?:targets|systemd)\/|prometheus\.yml$|addresses\.yml$|^lifecycle\/(?:settings|links|clocks)$/.test(path)); // prettier-ignore
    assert.equal(golden.length, 11);
    for (const { path, text } of golden) assertGolden(`prometheus/${path}`, text);
  });

  it("is the same on both servers but for what it listens on, as the labels of alerts must be", () => {
    for (const { path, text } of filesOf("prometheus", monitoredBox(), "gateway-5"))
      if (!/^(?:systemd\/|lifecycle\/(?:settings|clocks))/.test(path)) assert.equal(text, textOf("prometheus", path), path); // prettier-ignore
  });

  it("asks every place where a program tells metrics, and is let in there alone", () => {
    const box = monitoredBox({}, {}, controlPlaneChanges());
    const server = box.hosts["gateway-4"]!;
    const targets = filesOf("prometheus", box).flatMap(({ path, text }) =>
      path.startsWith("targets/") ? (JSON.parse(text) as { targets: string[]; labels: { host: string } }[]) : [],
    );
    const endpoints = Object.values(box.hosts).flatMap((host) => registry.metricsOf(box, host).map((one) => ({ host, ...one }))); // prettier-ignore
    assert.equal(targets.length, endpoints.length);
    for (const { host, network, port } of endpoints) {
      const place = `${host.addresses[network] ?? ""}:${port}`;
      assert.ok(
        targets.some((one) => one.targets[0] === place && one.labels.host === host.name),
        place,
      );
      if (host === server) continue;
      const open = registry.portsOf(box, host).filter((one) => one.network === network && "port" in one && one.port === port); // prettier-ignore
      assert.equal(open.length, 1, place);
      const from = open[0]?.from ?? [];
      assert.ok(from.includes(server.addresses[network] ?? ""), `${place} is open to the server`);
      assert.ok(!from.some((one) => !/^192\.168\.[12]\.1[45]$/.test(one)), `${place} is open to others: ${String(from)}`); // prettier-ignore
    }
  });

  it("leaves boxes without it as they are", () => {
    const without = parseProtobox({ monitoring: monitoringPlace });
    for (const host of Object.values(without.hosts))
      assert.ok(
        !registry.assembliesOf(without, host).some(({ name }) => ["prometheus", "alertmanager"].includes(name)),
      );
    const open = registry.portsOf(without, without.hosts["gateway-1"]!).find(({ purpose }) => purpose === "HAProxy's metrics"); // prettier-ignore
    assert.equal(open?.from, undefined);
  });

  it("links to where the stack says", () => {
    const box = parseProtobox({ monitoring: { ...monitoringPlace, url: "https://protobox.test/", prometheus: {} } });
    assert.match(textOf("prometheus", "systemd/service.conf", box), / --web\.external-url=https:\/\/protobox\.test\/prometheus\/ /); // prettier-ignore
  });

  it("links through the front door where it leads there, and else to the server", () => {
    const monitoring = { ...monitoringPlace, prometheus: {}, alertmanager: {} };
    const box = parseProtobox({ monitoring, tools: { prometheus: { path: "/watch/" } } });
    const urlOf = (name: string): string | undefined => / --web\.external-url=(\S+)/.exec(textOf(name, "systemd/service.conf", box))?.[1]; // prettier-ignore
    assert.equal(urlOf("prometheus"), "https://protobox.test/watch/");
    assert.equal(urlOf("alertmanager"), "http://192.168.2.14:9093/alertmanager/");
  });

  it("refuses at preview ports that are taken, by its path", () => {
    const paths = (prometheus: object, alertmanager: object = {}) => portConflicts(registry, monitoredBox(prometheus, alertmanager)).map(({ path }) => path); // prettier-ignore
    assert.deepEqual(paths({}), []);
    assert.deepEqual(paths({ port: 9093 }), ["monitoring.alertmanager.port", "monitoring.prometheus.port"]);
    assert.deepEqual(paths({}, { gossipPort: 9093 }), ["monitoring.alertmanager.port", "monitoring.alertmanager.gossipPort"]); // prettier-ignore
    assert.deepEqual(paths({ port: 22 }), ["monitoring.prometheus.port"]);
  });
});

describe("render/alertmanager", () => {
  it("reads like the real thing", () => {
    const files = filesOf("alertmanager", monitoredBox({}, { watchdog: "pager" }));
    const golden = files.filter(({ path }) => /^systemd\/|alertmanager\.yml$|^lifecycle\/(?:settings|links|clocks)$/.test(path)); // prettier-ignore
    assert.equal(golden.length, 5);
    for (const { path, text } of golden) assertGolden(`alertmanager/${path}`, text);
  });

  it("is open to the other server alone, for gossip by TCP and UDP", () => {
    const box = monitoredBox();
    const open = assemblyOf("alertmanager").ports!(box, box.hosts["gateway-5"]!);
    assert.deepEqual(
      open.map((one) => [one.protocol, "port" in one && one.port, one.network, one.from]),
      [["tcp", 9093], ["tcp", 9094], ["udp", 9094]].map((one) => [...one, "gateway-network", ["192.168.2.14"]]),
    ); // prettier-ignore
  });

  it("takes any text of a receiver for a text, whatever stands in it", () => {
    const box = monitoredBox();
    const { monitoring } = box;
    const written = (channel: string): string =>
      alertmanagerConfiguration({
        ...box,
        monitoring: {
          ...monitoring!,
          alertmanager: { ...monitoring!.alertmanager!, receivers: { ops: { slack: { channel } } } },
        },
      });
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (channel) => {
        const { receivers } = parse(written(channel)) as { receivers: { slack_configs?: { channel: string }[] }[] };
        assert.equal(receivers.at(-1)?.slack_configs?.[0]?.channel, channel);
      }),
      { numRuns: 100 },
    );
  });
});

describe("the timing of messages", () => {
  const timing = (scrapeInterval: string) => timingOf(monitoringOf(monitoredBox({ scrapeInterval })));

  it("tells of a fault within half a minute", () => {
    const { scrape, scrapeTimeout, evaluation, groupWait } = timing("15s");
    assert.ok(scrape + scrapeTimeout + evaluation + groupWait <= 30);
  });

  it("has the second server wait longer than the first one takes, and ends told when both agree, whatever the interval", () => {
    for (const interval of ["1s", "5s", "10s", "15s", "30s", "1m", "2m"]) {
      const { scrape, evaluation, peerTimeout, groupInterval, resend, scrapeTimeout } = timing(interval);
      assert.ok(peerTimeout >= 2, interval);
      assert.ok(groupInterval > peerTimeout, interval);
      assert.ok(resend > scrape + evaluation, interval);
      assert.ok(interval === "2m" || groupInterval > scrape + evaluation, interval);
      assert.ok(scrapeTimeout <= scrape, interval);
    }
  });
});

describe("secrets of monitoring", () => {
  it("are files of root's, one line each, and never quoted", () => {
    assert.deepEqual(secretFile("ops.slack", "https://hooks.slack.site/x\n"), { path: "secrets/ops.slack", mode: "0600", text: "https://hooks.slack.site/x\n" }); // prettier-ignore
    for (const bad of ["", " \n", "two\nlines", "nul\0"])
      assert.throws(() => secretFile("ops.slack", bad), (error: Error) => /monitoringSecrets\["ops\.slack"\] is empty or holds/.test(error.message) && !error.message.includes("lines")); // prettier-ignore
  });
});
