/** The status of a box as one HTML file: it asks no network for anything, runs nothing, and is read on a telephone as well. */
import { printable } from "../../box/printable.ts";
import { escaped } from "../picture/svg.ts";
import { leastDays, type Serves } from "./host.ts";
import { needsAttention, type BoxStatus, type HostStatus } from "./status.ts";
import {
  certificatesWords,
  changedWords,
  daysWords,
  driftWords,
  duration,
  lackingRoutes,
  routesWords,
  servesWords,
  summary,
  versionRows,
} from "./words.ts";

// Each colour twice; the reader's setting decides. On narrow screens each row of a table is a card, and each cell says its column.
const style = `
:root { color-scheme: light dark; --line: #d5dde5; --quiet: #55626f; --card: #f7f9fb; --good: #1a6b2d; --bad: #a61b1b; --held: #7a5200 }
@media (prefers-color-scheme: dark) {
  :root { --line: #38434e; --quiet: #a3afbb; --card: #1a2129; --good: #7bd58c; --bad: #ff9d97; --held: #f0c060 }
}
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; max-width: 80rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem } p { margin: .4rem 0 }
.quiet { color: var(--quiet) } .good { color: var(--good) } .bad { color: var(--bad) } .held, .unknown { color: var(--held) }
.state { font-weight: 600; white-space: nowrap }
.verdict { border-left: 4px solid currentColor; background: var(--card); padding: .5rem 1rem; margin: 1rem 0 }
.verdict p { color: CanvasText } .verdict strong { font-size: 1.1rem }
table { border-collapse: collapse; width: 100%; font-size: 14px }
.hosts th[scope="row"] { white-space: nowrap } .hosts th[scope="row"] .quiet { display: block; font-weight: 400 }
.group th { padding-top: 1rem; color: var(--quiet) }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
thead th { color: var(--quiet); font-weight: 600; white-space: nowrap } tbody th { font-weight: 600 }
ul { margin: .2rem 0; padding-left: 1.2rem } li { overflow-wrap: anywhere }
summary { cursor: pointer }
@media (max-width: 48rem) {
  table, tbody, tr, th, td { display: block } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  tbody tr:not(.group) { border: 1px solid var(--line); border-radius: 6px; background: var(--card); padding: .3rem .8rem; margin: .5rem 0 }
  th, td { border: 0; padding: .15rem 0 } tbody th { font-size: 1.05rem } .group th { padding-top: .6rem }
  td[data-of] { display: grid; grid-template-columns: 6.5rem 1fr; gap: .6rem }
  td[data-of]::before { content: attr(data-of); color: var(--quiet) }
  td.none { display: none }
}
@media print { details:not([open]) > * { display: block } }
`;

/** A cell: text that is escaped, or what is HTML already. */
type Cell = string | { readonly html: string };

/**
 * Makes it.
 *
 * @param again seconds after which a browser loads it anew; absent where it stays as it is
 */
export function statusHtml(box: BoxStatus, again?: number): string {
  const title = `Status of ${box.box}`;
  const at = new Date(box.at).toISOString();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
${again === undefined ? "" : `<meta http-equiv="refresh" content="${Math.max(1, Math.round(again))}">\n`}<title>${clean(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${clean(title)}</h1>
<p class="quiet">As its hosts said at <time datetime="${at}">${at.slice(0, 19).replace("T", " ")} UTC</time></p>
${verdict(box)}
${parts(box).join("\n")}
</main>
</body>
</html>
`;
}

function clean(text: string): string {
  return escaped(printable(text));
}

function verdict(box: BoxStatus): string {
  const isWell = !needsAttention(box);
  const words = isWell ? "✔ Nothing needs a person" : "✖ Something needs a person";
  const troubles = [
    ...box.virtualIps.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`])),
    ...box.alerts.problems,
  ];
  return `<div class="verdict ${isWell ? "good" : "bad"}"><strong>${words}</strong>
<p>${clean(summary(box))}</p>${troubles.length === 0 ? "" : `\n${list(troubles)}`}</div>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${clean(item)}</li>`).join("")}</ul>`;
}

function parts(box: BoxStatus): readonly string[] {
  return [hostsPart(box), virtualIpsPart(box), routesPart(box), alertsPart(box), certificatesPart(box), versionsPart(box)]; // prettier-ignore
}

/** Hosts by their pools, each in the first that it is of. */
function hostsPart({ hosts }: BoxStatus): string {
  const pools = Map.groupBy(hosts, ({ pools: [first = "no pool"] }) => first);
  const isCompared = hosts.some(({ drift }) => drift !== undefined);
  const head = ["Host", "Serves", "Holds", "Routes", "Certificate", "Last change", "Runs", ...(isCompared ? ["Drift"] : [])]; // prettier-ignore
  const groups = [...pools].map(([title, members]) => ({
    title,
    rows: members.map((one) => hostRow(one, isCompared)),
  }));
  return section("Hosts", table(head, groups, "hosts"));
}

function hostRow(status: HostStatus, isCompared: boolean): readonly Cell[] {
  const { host, pools, serves, problems, holds, running, drift } = status;
  const others = pools.slice(1);
  const found = [...problems, ...(drift?.found ?? []), ...(drift?.unknown ?? []).map((why) => `not compared: ${why}`)];
  return [
    {
      html: `${clean(host)}${others.length === 0 ? "" : ` <span class="quiet">also in ${clean(others.join(", "))}</span>`}`,
    },
    { html: `${state(serves)}${found.length === 0 ? "" : list(found)}` },
    holds.join(", ") || "–",
    routesWords(status),
    certificatesWords(status),
    changedCell(status),
    running.length === 0 ? "nothing" : folded(`${running.length} programs`, running),
    ...(isCompared ? [driftWords(drift)] : []),
  ];
}

const kinds: Readonly<Record<Serves, string>> = { yes: "good", no: "bad", drained: "held", unknown: "unknown" };

function state(serves: Serves): string {
  const { sign, word } = servesWords[serves];
  return `<span class="state ${kinds[serves]}">${sign} ${word}</span>`;
}

function changedCell(status: HostStatus): Cell {
  const units = status.change?.units ?? [];
  return units.length === 0 ? changedWords(status) : folded(changedWords(status), units);
}

function folded(title: string, items: readonly string[]): Cell {
  return { html: `<details><summary>${clean(title)}</summary>${list(items)}</details>` };
}

function virtualIpsPart({ virtualIps }: BoxStatus): string {
  const rows = virtualIps.map(({ name, address, holders, problem }): readonly Cell[] => [
    name,
    address,
    problem === undefined
      ? holders.join(", ")
      : { html: `<span class="state bad">✖ ${clean(holders.join(", ") || "nobody")}</span>` },
  ]);
  return rows.length === 0 ? "" : section("Virtual IPs", table(["Address", "IP", "Holder"], [{ rows }]));
}

function routesPart(box: BoxStatus): string {
  const rows = lackingRoutes(box).map(({ route, host, up, of }): readonly Cell[] => [
    route,
    host,
    {
      html:
        up === 0 ? `<span class="state bad">✖ ${up} of ${of}</span>` : `<span class="state held">${up} of ${of}</span>`,
    },
  ]);
  const routes = box.hosts.reduce((sum, one) => sum + one.routes.length, 0);
  if (routes === 0) return "";
  if (rows.length === 0) return section("Routes", `<p>✔ All that is behind them can be reached from every host.</p>`);
  return section(
    "Routes that do not reach all that is behind them",
    table(["Route", "Seen from", "Reached"], [{ rows }]),
  );
}

function alertsPart({ alerts: { from, firing }, at }: BoxStatus): string {
  if (from.length === 0)
    return section("Alerts", `<p>They are not known: no Prometheus of this stack has answered.</p>`);
  if (firing.length === 0)
    return section("Alerts", `<p>✔ None fires, says Prometheus on ${clean(from.join(", "))}.</p>`);
  const rows = firing.map(({ name, severity, since, about, summary: words }): readonly Cell[] => [
    name,
    severity || "–",
    duration((at - since) / 1000),
    { html: `${clean(words)} <span class="quiet">${clean(about)}</span>` },
  ]);
  return section("Alerts", table(["Alert", "Severity", "For", "About"], [{ rows }]));
}

function certificatesPart({ hosts }: BoxStatus): string {
  const rows = hosts.flatMap(({ host, certificates }) =>
    certificates.map((one): readonly Cell[] => [
      host,
      one.where,
      one.days < leastDays ? { html: `<span class="state bad">✖ ${daysWords(one)}</span>` } : daysWords(one),
    ]),
  );
  return rows.length === 0 ? "" : section("Certificates", table(["Host", "Certificate", "Valid for"], [{ rows }]));
}

function versionsPart(box: BoxStatus): string {
  const rows = versionRows(box).map(({ program, package: of, version, hosts }): readonly Cell[] => [
    program,
    of,
    version,
    hosts.join(", "),
  ]);
  return rows.length === 0 ? "" : section("Versions", table(["Program", "Package", "Version", "Hosts"], [{ rows }]));
}

function section(title: string, content: string): string {
  return `<section>\n<h2>${clean(title)}</h2>\n${content}\n</section>`;
}

/** Rows that belong together, under a title of their own where they have one. */
interface Group {
  readonly title?: string;
  readonly rows: readonly (readonly Cell[])[];
}

/** The roles say again what the elements are: where a narrow screen shows rows as cards, browsers forget it. */
function table(head: readonly string[], groups: readonly Group[], kind = ""): string {
  const heads = head.map((cell) => `<th scope="col" role="columnheader">${clean(cell)}</th>`).join("");
  return `<table role="table"${kind === "" ? "" : ` class="${kind}"`}>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
${groups.map((group) => groupHtml(group, head)).join("\n")}
</table>`;
}

function groupHtml({ title, rows }: Group, head: readonly string[]): string {
  const over =
    title === undefined
      ? []
      : [
          `<tr role="row" class="group"><th scope="rowgroup" role="rowheader" colspan="${head.length}">${clean(title)}</th></tr>`,
        ];
  const lines = rows.map(
    (row) => `<tr role="row">${row.map((cell, at) => cellHtml(cell, head[at] ?? "", at)).join("")}</tr>`,
  );
  return `<tbody role="rowgroup">\n${[...over, ...lines].join("\n")}\n</tbody>`;
}

function cellHtml(cell: Cell, of: string, at: number): string {
  const content = typeof cell === "string" ? clean(cell) : cell.html;
  if (at === 0) return `<th scope="row" role="rowheader">${content}</th>`;
  const none = content === "–" ? ' class="none"' : "";
  return `<td role="cell" data-of="${clean(of)}"${none}><div>${content}</div></td>`;
}
