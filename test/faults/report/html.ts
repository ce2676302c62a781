/** All faults of a run of the suite on one page. Pure. */
import type { Finding } from "../verdict.ts";
import { escaped, quantity } from "./text.ts";

/** What the report says of one fault. */
export interface Entry {
  readonly name: string;
  readonly title: string;
  readonly findings: readonly Finding[];
  /** The drawing, as an SVG document. */
  readonly svg: string;
}

const STYLE = `
body { font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #26292c; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
th, td { text-align: left; padding: 0.2rem 1.2rem 0.2rem 0; border-bottom: 1px solid #e3e6e8; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.kept { color: #1a8f5a; } .broken { color: #d4351c; font-weight: 600; }
svg { width: 100%; height: auto; border: 1px solid #e3e6e8; }
section { margin-top: 3rem; }
a { color: #2563ab; }`;

/** The page, a whole HTML document. */
export function htmlOf(entries: readonly Entry[]): string {
  const failed = entries.filter(({ findings }) => findings.some(({ ok }) => !ok)).length;
  const verdict = failed === 0 ? "every bound was kept" : `${failed} broke a bound`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Faults</title>
<style>${STYLE}
</style>
<h1>Faults</h1>
<p>${entries.length} faults, ${verdict}. Users ask every 10 ms; an outage is the longest stretch in which no
request was answered well, from the last good one before it to the first one after it, less those 10 ms.</p>
<table>
<tr><th>fault<th>outage<th>after healing<th>lost<th>bounds
${entries.map(summaryRow).join("\n")}
</table>
${entries.map(section).join("\n")}
</html>
`;
}

function summaryRow({ name, title, findings }: Entry): string {
  const cells = [
    ["outage while broken", "longest silence of a connection"],
    ["outage after healing"],
    ["requests lost", "messages lost"],
  ];
  const numbers = cells.map((names) => numberCell(findings.find(({ what }) => names.includes(what))));
  const broken = findings.filter(({ ok }) => !ok);
  const verdict =
    broken.length === 0
      ? '<td class="kept">kept'
      : `<td class="broken">${broken.map(({ what }) => escaped(what)).join("<br>")}`;
  return `<tr><td><a href="#${name}">${escaped(title)}</a>${numbers.join("")}${verdict}`;
}

function numberCell(finding: Finding | undefined): string {
  if (finding === undefined) return "<td>";
  const { value, unit, bound, ok } = finding;
  const limit = bound === undefined ? "" : ` ≤ ${quantity(bound, unit)}`;
  return `<td class="number${ok ? "" : " broken"}">${quantity(value, unit)}${limit}`;
}

function section({ name, title, findings, svg }: Entry): string {
  const rows = findings.map((finding) => {
    const { what, value, unit, bound, ok } = finding;
    const verdict = bound === undefined ? "" : ok ? "kept" : "broken";
    const limit = bound === undefined ? "" : quantity(bound, unit);
    return (
      `<tr><td>${escaped(what)}<td class="number">${quantity(value, unit)}<td class="number">${limit}` +
      `<td class="${verdict}">${verdict}`
    );
  });
  return `<section id="${name}">
<h2>${escaped(title)}</h2>
${svg.trim()}
<table>
<tr><th>measured<th>value<th>at most<th>
${rows.join("\n")}
</table>
</section>`;
}
