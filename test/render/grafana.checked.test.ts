import assert from "node:assert/strict";
import { stringify } from "yaml";
import { renderedDashboard } from "../../render/grafana/dashboards/dashboard.ts";
import { dashboardsOf } from "../../render/grafana/dashboards/index.ts";
import { check, withTree } from "./checkers.ts";
import { queriesOf } from "./dashboardQueries.ts";
import { grafanaBox } from "./sampleGrafana.ts";

/** Prometheus' own reader of its language. */
describe("grafana: the real checkers", () => {
  function verdict(queries: readonly string[]): { readonly ok: boolean; readonly words: string } {
    const rules = queries.map((expr, index) => ({ record: `question:${index}`, expr }));
    const text = stringify({ groups: [{ name: "questions", rules }] });
    return withTree([{ path: "questions.yml", mode: "0644", text }], (tree) =>
      check("promtool", ["check", "rules", "questions.yml"], tree),
    );
  }

  for (const dashboard of dashboardsOf(grafanaBox()))
    it(`promtool reads every question of "${dashboard.title}"`, () => {
      const queries = queriesOf(renderedDashboard(dashboard).text);
      assert.ok(queries.length > 3, "questions are found");
      const { ok, words } = verdict(queries);
      assert.ok(ok, words);
      assert.match(words, new RegExp(`SUCCESS: ${queries.length} rules found`));
    });

  it("promtool refuses a question that is none", () => assert.equal(verdict(["sum by (host (up)"]).ok, false));
});
