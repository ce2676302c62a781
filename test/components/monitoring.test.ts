import assert from "node:assert/strict";
import { Monitoring } from "../../components/index.ts";
import { keepMonitoringSecrets } from "../../components/monitoringSecrets.ts";
import { parseProtobox } from "../box/parsing.ts";
import { monitoredBox, monitoringPlace } from "../render/sampleMonitoring.ts";
import { registrationsOf, type Registration } from "./registrations.ts";

const secrets = { "pager.webhook": "token-one", "on-call.email": "password-two", "on-call.slack": "https://hooks.site/three" }; // prettier-ignore
const leaks = /token-one|password-two|hooks\.site\/three/;
const run = (program: () => unknown): Promise<readonly Registration[]> => registrationsOf("config: {}", program);
const commandOf = (found: readonly Registration[], name: string): Registration => {
  const command = found.find((one) => one.type === "Command" && one.name === name);
  assert.ok(command, `${name} is not among ${found.map((one) => one.name).join(", ")}`);
  return command;
};
const names = (assembly: string, host: string, unit = "pool") =>
  `monitoring-${assembly}-${host}${unit === "pool" ? "" : `-${unit}`}-${assembly}-protobox.${unit}`;

describe("Monitoring", () => {
  it("runs both servers on both hosts, one after the other, Alertmanager first", async () => {
    const found = await run(() => new Monitoring("monitoring", { box: monitoredBox(), secrets }));
    const order = ["alertmanager", "prometheus"].flatMap((assembly) => ["gateway-5", "gateway-4"].map((host) => names(assembly, host))); // prettier-ignore
    const commands = order.map((name) => commandOf(found, name));
    assert.ok(commands[1]!.dependencies.includes(commands[0]!.urn));
    assert.ok(commands[3]!.dependencies.includes(commands[2]!.urn));
    const told = commandOf(found, names("alertmanager", "gateway-4", "secrets"));
    assert.ok(commands[2]!.dependencies.includes(told.urn), "Prometheus comes when Alertmanager can send");
  });

  it("keeps secrets in resources of their own, those of the box where none are given", async () => {
    const box = monitoredBox();
    keepMonitoringSecrets(box, secrets);
    const found = await run(() => new Monitoring("monitoring", box.monitoring!));
    assert.doesNotMatch(JSON.stringify(found.map(({ plain }) => plain)), leaks);
    const holders = found.filter((one) => one.secrets.some((secret) => leaks.test(secret)));
    assert.deepEqual(holders.map(({ name }) => name), ["gateway-5", "gateway-4"].map((host) => names("alertmanager", host, "secrets"))); // prettier-ignore
    for (const { plain } of holders) assert.deepEqual([plain["stdin"], plain["logging"]], ["[secret]", "none"]);
  });

  it("refuses secrets that are missing, and those that nobody sends with, all at once", async () => {
    await assert.rejects(
      run(() => new Monitoring("monitoring", { box: monitoredBox(), secrets: { "pager.webhook": "x", "ops.slack": "y", "on-call.slack": "z" } })), // prettier-ignore
      /monitoringSecrets\["on-call\.email"\]: is missing: .*\n.*monitoringSecrets\["ops\.slack"\]: is what nobody sends with/,
    );
  });

  it("refuses a box that asks for no server", async () => {
    const box = parseProtobox({ monitoring: monitoringPlace });
    await assert.rejects(
      run(() => new Monitoring("monitoring", { box })),
      /box protobox runs no servers of monitoring: write monitoring\.prometheus or monitoring\.alertmanager/,
    );
    await assert.rejects(
      run(() => new Monitoring("monitoring", { ...monitoredBox().monitoring! })),
      /was given neither a box, nor the section monitoring of one/,
    );
  });
});
