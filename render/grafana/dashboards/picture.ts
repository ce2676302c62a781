/** The picture of a box, in letters: who is on the way of a request, from the client to the pod. */
import type { Box } from "../../../box/model.ts";

/** One hop: what it is, and who it is. */
interface Hop {
  readonly title: string;
  readonly lines: readonly string[];
}

const mostHosts = 6;

/**
 * A drawing in Markdown, hops from left to right.
 *
 * @example pictureOf(box) // "```\n┌─────────┐   ┌───────────…"
 */
export function pictureOf(box: Box): string {
  const drawn = hopsOf(box).map(drawnHop);
  const height = Math.max(...drawn.map((lines) => lines.length));
  const rows = Array.from({ length: height }, (_, row) =>
    drawn
      .map((lines) => (lines[row] ?? "").padEnd(lines[0]?.length ?? 0))
      .join(row === 1 ? " ──▶ " : "     ")
      .trimEnd(),
  );
  return `\`\`\`\n${rows.join("\n")}\n\`\`\`\n\nEach number below is taken at one of these hops: **1** web servers, **2** gateways, **3** pods.`;
}

function hopsOf(box: Box): Hop[] {
  const { webservers, kubeGateways } = box;
  const of = (pool: string | undefined, network: string | undefined): string[] => {
    const vips = Object.values(box.virtualIps).filter((vip) => vip.pool === pool && vip.network === network);
    const members = pool === undefined ? [] : (box.pools[pool]?.members ?? []);
    const more = members.length > mostHosts ? [`and ${members.length - mostHosts} more`] : [];
    return [...vips.map(({ address }) => `VIP ${address}`), ...members.slice(0, mostHosts), ...more];
  };
  const routes = kubeGateways?.routes.length ?? 0;
  return [
    { title: "clients", lines: [webservers?.network ?? kubeGateways?.network ?? ""] },
    ...(webservers === undefined ? [] : [{ title: "1 web servers", lines: of(webservers.pool, webservers.network) }]),
    ...(kubeGateways === undefined ? [] : [{ title: "2 gateways", lines: of(kubeGateways.pool, kubeGateways.network) }]), // prettier-ignore
    { title: "3 pods", lines: [`${routes} ${routes === 1 ? "route" : "routes"}`, kubeGateways?.backendNetwork ?? ""] },
  ];
}

function drawnHop({ title, lines }: Hop): string[] {
  const width = Math.max(title.length, ...lines.map((line) => line.length));
  const edge = "─".repeat(width + 2);
  return [`┌${edge}┐`, ...[title, ...lines].map((line) => `│ ${line.padEnd(width)} │`), `└${edge}┘`];
}
