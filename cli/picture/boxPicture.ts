/** A picture of a whole box: its networks, hosts, virtual IPs, NAT, and what is open where. */
import type { Box } from "../../box/model.ts";
import { columnsOf, wrapped, type Card, type Column, type Frame } from "./boxLayout.ts";
import { openRows, type OpenRow } from "./openPorts.ts";
import { drawing, fitted, text } from "./svg.ts";

const margin = 24;
const top = 136;
const bandWidth = 92;
const gap = 18;
const frameWidth = 272;
const cardWidth = frameWidth - 24;
const clientsWidth = 96;
const pitch = bandWidth + 2 * gap + frameWidth;
const frameHead = 34;
const cardGap = 8;
const frameGap = 16;
const lineHeight = 15;
const rowHeight = 24;
const tableHead = 40;

/** Columns of the table, from its left edge. */
const tableXs = [0, 190, 340, 620, 920] as const;
const tableWidth = 1130;

/**
 * An SVG of the box. Networks are bands; a host stands between those that it is on, with its pool, and so do virtual IPs, each
 * with the hosts that hold it in the order of their priorities. The same box always gives the same text.
 *
 * @example writeFileSync("box.svg", boxPicture(box));
 */
export function boxPicture(box: Box): string {
  const columns = columnsOf(box);
  const depth = Math.max(200, ...columns.map(({ frames }) => columnHeight(frames)));
  const table = top + depth + 84;
  const width = Math.max(2 * margin + clientsWidth + gap + columns.length * pitch, tableWidth + 2 * margin);
  const { rows, end } = tableRows(openRows(box), table + tableHead);
  const height = end + 8;
  return drawing({ width, height, title: `The box ${box.name}` }, [
    ...columns.flatMap((column, index) => band(column, bandX(index), depth)),
    ...clients(),
    ...columns.flatMap((column, index) => frames(column, bandX(index), index < columns.length - 1)),
    ...legend(top + depth + 28),
    ...openTable(rows, table, width),
  ]);
}

function bandX(index: number): number {
  return margin + clientsWidth + gap + index * pitch;
}

function band({ network, cidr, ipv6 }: Column, x: number, depth: number): string[] {
  const middle = x + bandWidth / 2;
  return [
    `<rect class="band" x="${x}" y="${top}" width="${bandWidth}" height="${depth}" rx="8"/>`,
    text(middle, top - 46, "strong", fitted(network, 22), "middle", network),
    text(middle, top - 28, "code", cidr, "middle"),
    ...(ipv6 === undefined ? [] : [text(middle, top - 13, "code", ipv6, "middle")]),
  ];
}

function clients(): string[] {
  const y = top + frameHead;
  return [
    `<path class="wire" d="M${margin + clientsWidth} ${y + 22}h${gap}"/>`,
    `<rect class="card" x="${margin}" y="${y}" width="${clientsWidth}" height="44" rx="6"/>`,
    text(margin + clientsWidth / 2, y + 27, "strong", "clients", "middle"),
  ];
}

function columnHeight(all: readonly Frame[]): number {
  return all.reduce((sum, frame) => sum + frameHeight(frame) + frameGap, frameGap);
}

function frameHeight({ cards }: Frame): number {
  return frameHead + cards.reduce((sum, card) => sum + cardHeight(card) + cardGap, 4);
}

function cardHeight({ kind, left, right, details }: Card): number {
  const hasAddress = kind === "host" || kind === "named" || left !== undefined || right !== undefined;
  return 26 + (hasAddress ? 18 : 0) + details.length * lineHeight + (details.length > 0 ? 3 : 0);
}

/** The frames to the right of a band, from the top. */
function frames({ frames: all }: Column, band: number, hasNext: boolean): string[] {
  const x = band + bandWidth + gap;
  let y = top + frameGap;
  return all.flatMap((frame) => {
    const parts = [
      `<rect class="frame" x="${x}" y="${y}" width="${frameWidth}" height="${frameHeight(frame)}" rx="8"/>`,
      text(x + 12, y + 22, "quiet", fitted(frame.title, 36), "start", frame.title),
    ];
    let inner = y + frameHead;
    for (const card of frame.cards) {
      parts.push(...drawn(card, x + 12, inner, hasNext));
      inner += cardHeight(card) + cardGap;
    }
    y += frameHeight(frame) + frameGap;
    return parts;
  });
}

function drawn(card: Card, x: number, y: number, hasNext: boolean): string[] {
  const { kind, title, left, right, details } = card;
  const height = cardHeight(card);
  const addressY = y + 38;
  const wireY = addressY - 4;
  const reach = gap + 12;
  const firstDetail = left === undefined && right === undefined ? 38 : 55;
  return [
    ...(left === undefined ? [] : [`<path class="wire" d="M${x - reach} ${wireY}H${x}"/>`]),
    ...(right === undefined || !hasNext ? [] : [`<path class="wire" d="M${x + cardWidth} ${wireY}h${reach}"/>`]),
    `<rect class="card ${kind}" x="${x}" y="${y}" width="${cardWidth}" height="${height}" rx="6"/>`,
    text(x + cardWidth / 2, y + 20, "strong", fitted(title, 30), "middle", title),
    ...(left === undefined ? [] : [text(x + 8, addressY, "code", left)]),
    ...(right === undefined ? [] : [text(x + cardWidth - 8, addressY, "code", right, "end")]),
    ...details.map((detail, index) =>
      text(x + cardWidth / 2, y + firstDetail + index * lineHeight, "small", fitted(detail, 40), "middle", detail),
    ),
  ];
}

function legend(y: number): string[] {
  const entries = [
    ["host", "configured by this stack"],
    ["named", "only named by it"],
    ["vip", "virtual IP: the first healthy host of its list has it"],
    ["nat", "source address translation"],
  ] as const;
  let x = margin;
  return entries.flatMap(([kind, meaning]) => {
    const at = x;
    x += 60 + meaning.length * 6.6;
    return [
      `<rect class="card ${kind}" x="${at}" y="${y - 13}" width="26" height="17" rx="4"/>`,
      text(at + 34, y, "quiet", meaning),
    ];
  });
}

/** A row of the table, and the lines of what takes several. */
interface TableRow extends OpenRow {
  readonly y: number;
  readonly lines: readonly string[];
}

/** Rows one below the other, from `y` on. */
function tableRows(rows: readonly OpenRow[], y: number): { readonly rows: readonly TableRow[]; readonly end: number } {
  let next = y;
  const placed = rows.map((row) => {
    const lines = wrapped(row.purpose.split(" "), " ", 44);
    const at = next;
    next += rowHeight + (lines.length - 1) * lineHeight;
    return { ...row, y: at, lines };
  });
  return { rows: placed, end: next };
}

function openTable(rows: readonly TableRow[], y: number, width: number): string[] {
  const cell = (column: number, line: number, kind: string, content: string, room: number): string =>
    text(margin + (tableXs[column] ?? 0), line, kind, fitted(content, room), "start", content);
  const heads = ["On hosts of", "Open on", "Port", "What is there", "To"];
  return [
    text(margin, y - 8, "strong", "Open on configured hosts; everything else is closed"),
    ...heads.map((head, column) => cell(column, y + 16, "quiet", head, 30)),
    ...rows.flatMap((row, index) => [
      `<path class="rule" d="M${margin} ${row.y - 16}H${width - margin}"/>`,
      // The name of a pool once is enough.
      ...(rows[index - 1]?.pool === row.pool ? [] : [cell(0, row.y, "strong", row.pool, 24)]),
      cell(1, row.y, "plain", row.network, 22),
      cell(2, row.y, "mono", row.ports, 38),
      ...row.lines.map((line, position) => cell(3, row.y + position * lineHeight, "plain", line, 46)),
      cell(4, row.y, "plain", row.from, 36),
    ]),
  ];
}
