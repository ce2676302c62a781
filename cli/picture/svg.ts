/** What the pictures of a box have in common: their colours, and texts that are safe in SVG. */

// Each colour twice, for light and dark surroundings; the reader's setting decides.
const style = `
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; fill: #1f2933 }
  .title { font-size: 20px; font-weight: 600 }
  .strong { font-weight: 600 }
  .quiet { fill: #5b6875; font-size: 12px }
  .code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 11px; fill: #45525f }
  .mono { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 12px }
  .paper { fill: #ffffff }
  .band { fill: #e8eff7 }
  .card { fill: #ffffff; stroke: #b4c0cc }
  .frame { fill: #f6f8fa; stroke: #dde4eb }
  .named { fill: #f6f8fa; stroke-dasharray: 4 3 }
  .vip { fill: #eef6ee; stroke: #6fa873 }
  .nat { fill: #fdf5e6; stroke: #cfa54a }
  .small { font-size: 11px; fill: #45525f }
  .wire { stroke: #9fb0c2; stroke-width: 1.5; fill: none }
  .flow { stroke: #1b6ec2; stroke-width: 2; fill: none }
  .head { fill: #1b6ec2 }
  .rule { stroke: #dde4eb; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6ebf0 }
    .quiet { fill: #9aa7b4 }
    .code { fill: #b7c2cd }
    .paper { fill: #14191f }
    .band { fill: #1f2a36 }
    .card { fill: #1a2129; stroke: #475462 }
    .frame { fill: #171d24; stroke: #2a333d }
    .named { fill: #171d24 }
    .vip { fill: #18261b; stroke: #5b8f60 }
    .nat { fill: #2a2417; stroke: #9c7d3c }
    .small { fill: #b7c2cd }
    .wire { stroke: #55677a }
    .flow { stroke: #6cb2f5 }
    .head { fill: #6cb2f5 }
    .rule { stroke: #2a333d }
  }
`;

/** Size and name of a picture. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

/** A whole SVG. */
export function drawing({ width, height, title }: Drawing, parts: readonly string[]): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="name">`,
    `<title id="name">${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="12"/>`,
    text(24, 42, "title", title),
    ...parts,
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

/** Which end of a text stands at its place. */
export type Anchor = "start" | "middle" | "end";

/** A line of text. Where it is cut, its whole stands in a tooltip. */
export function text(
  x: number,
  y: number,
  kind: string,
  content: string,
  anchor: Anchor = "start",
  full = content,
): string {
  const whole = full === content ? "" : `<title>${escaped(full)}</title>`;
  const at = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text class="${kind}" x="${x}" y="${y}"${at}>${whole}${escaped(content)}</text>`;
}

/** The text, cut where it is too long for its place. */
export function fitted(content: string, letters: number): string {
  return content.length > letters ? `${content.slice(0, letters - 1)}…` : content;
}

/** As XML takes it. */
export function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
