import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { packageTable } from "../../docs/airGapped.ts";
import { registry } from "../../render/registry.ts";

describe("the page for sites without the internet", () => {
  it("names every package that hosts get", () => {
    const page = readFileSync(new URL("../../docs/air-gapped.md", import.meta.url), "utf8");
    const table = packageTable(registry);
    assert.match(table, /^\| HAProxy \| haproxy, iproute2, socat \|$/m);
    assert.ok(page.includes(table), `docs/air-gapped.md lacks this table:\n${table}`);
  });
});
