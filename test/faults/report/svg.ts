/** The time line of one fault as a drawing: every answer, and who held the address. Pure. */
import { longestOutage, type Answer } from "../probe/answers.ts";
import { changesOf, spansOf } from "../probe/holders.ts";
import type { Run } from "../record.ts";
import { linear, logarithmic, ticks, type Scale } from "./scale.ts";
import { escaped, quantity } from "./text.ts";

const WIDTH = 1000;
const LEFT = 150;
const RIGHT = 985;
const TOP = 64;
const ANSWERS = 150;
const ROW = 26;

/** Latencies that the drawing distinguishes, in milliseconds; the longer axis is for runs in which any answer took longer. */
const LATENCIES = [1, 10, 100, 1000];
const LONG_LATENCIES = [...LATENCIES, 10_000];

/** Shorter outages get no bracket: it would be narrower than its own strokes. */
const SHORTEST_MARK_MS = 100;

/** Colours that people who do not tell red from green can distinguish, too. */
const COLOURS = {
  good: "#1a8f5a",
  lost: "#d4351c",
  frame: "#c3c7cb",
  text: "#26292c",
  faint: "#6c7278",
  heal: "#2563ab",
};
const HOSTS = ["#2563ab", "#c2780b", "#7a4fb5", "#3f7d85"];

/** The drawing of a run, a whole SVG document. */
export function svgOf(run: Run): string {
  const rows = run.vips.flatMap(({ vip, watched }) => vip.hosts.map((host) => ({ vip, watched, host })));
  const rowsTop = TOP + ANSWERS + 26;
  const bottom = rowsTop + rows.length * ROW + 4;
  const height = bottom + 40;
  const x = linear([run.beganAt - run.brokenAt, run.endedAt - run.brokenAt], [LEFT, RIGHT]);
  const place: Scale = (at) => x(at - run.brokenAt);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"` +
      ` font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12" fill="${COLOURS.text}">`,
    `<title>${escaped(run.title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...breaking(run, place, bottom),
    `<text x="16" y="26" font-size="16" font-weight="600">${escaped(run.title)}</text>`,
    ...timeAxis(run, x, bottom),
    ...answers(run, place),
    ...rows.flatMap((row, n) => holderRow(run, row, rowsTop + n * ROW, place)),
    ...moments(run, place, bottom),
    "</svg>",
    "",
  ].join("\n");
}

function timeAxis(run: Run, x: Scale, bottom: number): readonly string[] {
  const marks = ticks((run.beganAt - run.brokenAt) / 1000, (run.endedAt - run.brokenAt) / 1000, 12);
  return [
    ...marks.flatMap((seconds) => {
      const at = round(x(seconds * 1000));
      return [
        `<path d="M${at} ${TOP}V${bottom}" stroke="#eceef0"/>`,
        `<text x="${at}" y="${bottom + 16}" text-anchor="middle" fill="${COLOURS.faint}">${seconds}</text>`,
      ];
    }),
    `<text x="${RIGHT}" y="${bottom + 33}" text-anchor="end" fill="${COLOURS.faint}">seconds since the fault</text>`,
  ];
}

function answers(run: Run, place: Scale): readonly string[] {
  const long = run.answers.some(({ ok, sentAt, endedAt }) => ok && endedAt - sentAt > 1000);
  const latencies = long ? LONG_LATENCIES : LATENCIES;
  const y = logarithmic([1, latencies.at(-1) ?? 1], [TOP + ANSWERS - 6, TOP + 10]);
  const lines = latencies.flatMap((ms) => [
    `<path d="M${LEFT} ${round(y(ms))}H${RIGHT}" stroke="#eceef0"/>`,
    `<text x="${LEFT - 8}" y="${round(y(ms)) + 4}" text-anchor="end" fill="${COLOURS.faint}">${quantity(ms, "ms")}</text>`,
  ]);
  const seen = run.answers.filter(({ sentAt }) => sentAt >= run.beganAt && sentAt <= run.endedAt);
  const lost = seen.filter(({ ok }) => !ok).map(({ sentAt }) => `M${round(place(sentAt))} ${TOP + 1}v${ANSWERS - 2}`);
  const good = seen
    .filter(({ ok }) => ok)
    .map((answer) => `M${round(place(answer.sentAt))} ${round(y(answer.endedAt - answer.sentAt))}h0`);
  return [
    `<text x="16" y="${TOP + 18}" font-weight="600">answers</text>`,
    `<text x="16" y="${TOP + 35}" fill="${COLOURS.good}">${count(run, seen, true)}</text>`,
    `<text x="16" y="${TOP + 52}" fill="${COLOURS.lost}">${count(run, seen, false)}</text>`,
    ...lines,
    path(lost, `stroke="${COLOURS.lost}" stroke-width="0.8" stroke-opacity="0.55"`),
    path(good, `stroke="${COLOURS.good}" stroke-width="2.2" stroke-linecap="round"`),
    `<rect x="${LEFT}" y="${TOP}" width="${RIGHT - LEFT}" height="${ANSWERS}" fill="none" stroke="${COLOURS.frame}"/>`,
    ...gapMark(run, place),
  ];
}

function count(run: Run, seen: readonly Answer[], good: boolean): string {
  const number = seen.filter(({ ok, sentAt }) => ok === good && (good || sentAt >= run.beganAt)).length;
  return `${quantity(number, "")} ${good ? "good" : "lost"}`;
}

/** The longest outage, as a bracket above the answers, from one good request to the next. */
function gapMark(run: Run, place: Scale): readonly string[] {
  const gap = longestOutage(run.answers, run.brokenAt, run.endedAt);
  const outage = gap.to - gap.from - run.intervalMs;
  if (outage < Math.max(2 * run.intervalMs, SHORTEST_MARK_MS)) return [];
  const [from, to] = [round(place(gap.from)), round(place(gap.to))];
  const label = `no answer for ${quantity(outage, "ms")}`;
  const y = TOP - 8;
  // Beside the bracket, on the side with more room: the labels of the moments stand above it.
  const right = to < (LEFT + RIGHT) / 2;
  return [
    `<path d="M${from} ${y + 5}V${y}H${to}V${y + 5}" fill="none" stroke="${COLOURS.lost}" stroke-width="1.5"/>`,
    `<text x="${right ? to + 6 : from - 6}" y="${y + 4}" text-anchor="${right ? "start" : "end"}" fill="${COLOURS.lost}"` +
      ` font-weight="600">${label}</text>`,
  ];
}

type Row = { readonly host: string } & Run["vips"][number];

/** One host: a bar while it holds the address, dots where it answered by ARP. */
function holderRow(run: Run, { vip, watched, host }: Row, top: number, place: Scale): readonly string[] {
  const colour = HOSTS[vip.hosts.indexOf(host) % HOSTS.length] ?? "";
  const bars = spansOf(changesOf(host, watched.changes), run.endedAt)
    .filter(({ holders, to, from }) => holders.length > 0 && to > run.beganAt && from < run.endedAt)
    .map(({ from, to }) => {
      const [begin, end] = [round(place(Math.max(from, run.beganAt))), round(place(Math.min(to, run.endedAt)))];
      return `<rect x="${begin}" y="${top + 3}" width="${round(Math.max(end - begin, 1))}" height="10" fill="${colour}"/>`;
    });
  const replies = watched.replies
    .filter((reply) => reply.host === host && reply.at >= run.beganAt && reply.at <= run.endedAt)
    .map(({ at }) => `M${round(place(at))} ${top + 18}h0`);
  const own = `${escaped(vip.name)} · ${escaped(host)}`;
  return [
    `<path d="M${LEFT} ${top + 8}H${RIGHT}" stroke="#eceef0"/>`,
    `<text x="${LEFT - 8}" y="${top + 13}" text-anchor="end">${own}</text>`,
    ...bars,
    path(replies, `stroke="${colour}" stroke-width="3" stroke-linecap="round"`),
  ];
}

/** The time that breaking took, as a shade: what it did, it did in there. */
function breaking(run: Run, place: Scale, bottom: number): readonly string[] {
  const [from, to] = [round(place(run.brokenAt)), round(place(run.wholeAt))];
  return [`<rect x="${from}" y="${TOP}" width="${to - from}" height="${bottom - TOP}" fill="#fdecea"/>`];
}

/** The moments of the fault and of its healing, through the whole drawing. */
function moments(run: Run, place: Scale, bottom: number): readonly string[] {
  const mark = (at: number, word: string, colour: string): string[] => {
    const own = round(place(at));
    return [
      `<path d="M${own} ${TOP - 22}V${bottom}" stroke="${colour}" stroke-width="1.2" stroke-dasharray="5 3"/>`,
      `<text x="${own + 5}" y="${TOP - 15}" fill="${colour}">${word}</text>`,
    ];
  };
  return [
    ...mark(run.brokenAt, "fault", COLOURS.lost),
    ...(run.heals ? mark(run.healedAt, "healing", COLOURS.heal) : []),
    `<text x="${LEFT}" y="${bottom + 33}" fill="${COLOURS.faint}">bar: has the address · dot: answers for it by ARP</text>`,
  ];
}

/** Strokes at the same place are drawn once. */
function path(strokes: readonly string[], style: string): string {
  return strokes.length === 0 ? "" : `<path d="${[...new Set(strokes)].join("")}" fill="none" ${style}/>`;
}

/** Half a pixel is all that can be seen. */
function round(value: number): number {
  return Math.round(value * 2) / 2;
}
