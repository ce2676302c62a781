/** Every question of a dashboard: those of its panels and of its marks. */
export function queriesOf(dashboard: string): string[] {
  const { panels, annotations } = JSON.parse(dashboard) as {
    panels: { targets?: { expr: string }[] }[];
    annotations: { list: { expr: string }[] };
  };
  return [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list].map(({ expr }) => expr);
}
