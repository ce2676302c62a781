import assert from "node:assert/strict";
import fc from "fast-check";
import { mergedAlerts } from "../../../cli/status/alerts.ts";

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly activeAt?: string;
  readonly summary?: string;
}

/** As Prometheus answers. */
function said(host: string, alerts: readonly Alert[], watched = true) {
  const all = watched ? [{ labels: { alertname: "Watchdog" } }, ...alerts] : alerts;
  const full = all.map(({ labels, state = "firing", activeAt = "2026-01-02T03:04:05Z", summary }: Alert) => ({
    labels,
    state,
    activeAt,
    value: "1e+00",
    ...(summary === undefined ? {} : { annotations: { summary } }),
  }));
  return { host, json: JSON.stringify({ status: "success", data: { alerts: full } }) };
}

const down = { alertname: "HostDown", severity: "critical", host: "gateway-2" };

describe("the alerts of a box", () => {
  it("are each told once, however many Prometheus know them, and since the first saw them", () => {
    const { firing, from, problems } = mergedAlerts([
      said("gateway-4", [{ labels: down, activeAt: "2026-01-02T03:04:10Z", summary: "gateway-2 is down" }]),
      said("gateway-5", [{ labels: down, activeAt: "2026-01-02T03:04:07Z", summary: "gateway-2 is down" }]),
    ]);
    assert.deepEqual(firing, [
      {
        name: "HostDown",
        severity: "critical",
        about: 'host="gateway-2"',
        summary: "gateway-2 is down",
        since: Date.parse("2026-01-02T03:04:07Z"),
      },
    ]);
    assert.deepEqual([from, problems], [["gateway-4", "gateway-5"], []]);
  });

  it("are several where labels differ", () => {
    const other = { ...down, host: "gateway-3" };
    assert.equal(mergedAlerts([said("gateway-4", [{ labels: down }, { labels: other }])]).firing.length, 2);
  });

  it("do not count before they fire", () => {
    assert.deepEqual(mergedAlerts([said("gateway-4", [{ labels: down, state: "pending" }])]).firing, []);
  });

  it("are not known where the watchdog is silent", () => {
    assert.deepEqual(mergedAlerts([said("gateway-4", [], false)]).problems, [
      "Prometheus on gateway-4 evaluates no rules: Watchdog does not fire there",
    ]);
  });

  it("are not known where Prometheus does not answer, and are those of the other", () => {
    const { firing, from, problems } = mergedAlerts([
      { host: "gateway-4", failure: "curl: (7) refused" },
      said("gateway-5", [{ labels: down }]),
    ]);
    assert.deepEqual(problems, ["Prometheus on gateway-4 does not answer: curl: (7) refused"]);
    assert.deepEqual([from, firing.length], [["gateway-5"], 1]);
  });

  it("are not known from whatever is no answer of Prometheus", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (json) => {
        const { firing, problems } = mergedAlerts([{ host: "gateway-4", json }]);
        assert.deepEqual([firing, problems.length], [[], 1]);
      }),
    );
  });
});
