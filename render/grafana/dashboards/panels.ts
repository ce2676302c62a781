/** The parts that dashboards are made of, as Grafana 10's dashboards have them. */

/** The uid of the data source that all panels ask: the Prometheus of the host that Grafana is on. */
export const prometheusUid = "gatebox-prometheus";

const datasource = { type: "prometheus", uid: prometheusUid } as const;

/** One question to Prometheus. */
export interface Query {
  /** PromQL. */
  readonly expr: string;
  /** What a series is called, with labels in braces: `{{host}}`. */
  readonly legend: string;
}

/** How a number is to be read; Grafana's own names. */
export type Unit = "short" | "percentunit" | "s" | "dateTimeAsIso" | "reqps" | "Bps" | "bytes" | "pps" | "none";

/** A panel before it has its place. */
export interface Panel {
  readonly title: string;
  readonly queries: readonly Query[];
  /** Height in the dashboard's grid, where 24 columns are its width. */
  readonly height: number;
  /** The rest of it, in Grafana's words. */
  readonly model: Readonly<Record<string, unknown>>;
}

/** What may be said of a panel beside what it asks. */
export interface PanelOptions {
  readonly unit?: Unit;
  /** What the reader is to know. */
  readonly about?: string;
  readonly max?: number;
  /** From here on it is shown in red. */
  readonly alarming?: number;
}

function fieldConfig({ unit = "short", max, alarming }: PanelOptions, more: object = {}): object {
  const steps = [
    { color: "green", value: null },
    ...(alarming === undefined ? [] : [{ color: "red", value: alarming }]),
  ];
  const limits = max === undefined ? {} : { min: 0, max };
  return { defaults: { unit, ...limits, thresholds: { mode: "absolute", steps }, ...more }, overrides: [] };
}

function described(about: string | undefined): object {
  return about === undefined ? {} : { description: about };
}

/** Lines over time. */
export function lines(title: string, queries: readonly Query[], options: PanelOptions = {}): Panel {
  const custom = { lineWidth: 1, fillOpacity: 10, showPoints: "never", spanNulls: false };
  const shown = { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } };
  const model = { type: "timeseries", ...described(options.about), fieldConfig: fieldConfig(options, { custom }), options: shown }; // prettier-ignore
  return { title, queries, height: 8, model };
}

/** How things stand now: a number for each series. */
export function numbers(title: string, queries: readonly Query[], options: PanelOptions = {}): Panel {
  const reduceOptions = { calcs: ["lastNotNull"], fields: "", values: false };
  const shown = { reduceOptions, colorMode: "value", graphMode: "none", textMode: "value_and_name" };
  const model = { type: "stat", ...described(options.about), fieldConfig: fieldConfig(options), options: shown };
  return { title, queries, height: 5, model };
}

/** Which of two states each series was in over time: 0 is `off`, 1 is `on`. */
export function states(
  title: string,
  queries: readonly Query[],
  { on, off, about }: { readonly on: string; readonly off: string; readonly about?: string },
): Panel {
  const mappings = [
    {
      type: "value",
      options: { "0": { text: off, color: "dark-blue", index: 0 }, "1": { text: on, color: "green", index: 1 } },
    },
  ];
  const custom = { lineWidth: 0, fillOpacity: 80 };
  const shown = { mergeValues: true, showValue: "auto", rowHeight: 0.8, legend: { showLegend: false } };
  const model = { type: "state-timeline", ...described(about), fieldConfig: fieldConfig({}, { custom, mappings }), options: shown }; // prettier-ignore
  return { title, queries, height: 8, model };
}

/** A row for each series, with the labels that are named. */
export function table(
  title: string,
  query: Query,
  labels: readonly string[],
  options: PanelOptions & { readonly value: string },
): Panel {
  const hidden = { Time: true };
  const indexByName = Object.fromEntries([...labels, "Value"].map((label, index) => [label, index]));
  const transformations = [
    { id: "organize", options: { excludeByName: hidden, indexByName, renameByName: { Value: options.value } } },
    { id: "sortBy", options: { fields: {}, sort: [{ field: options.value, desc: true }] } },
  ];
  const model = { type: "table", ...described(options.about), fieldConfig: fieldConfig(options), transformations };
  return { title, queries: [query], height: 10, model };
}

/** Words in Markdown. */
export function words(title: string, content: string, height: number): Panel {
  return { title, queries: [], height, model: { type: "text", options: { mode: "markdown", content } } };
}

/** The targets of a panel; tables and numbers ask for the moment alone. */
function targets({ queries, model }: Panel): object[] {
  const isNow = model["type"] === "table" || model["type"] === "stat";
  return queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource,
    editorMode: "code",
    expr,
    legendFormat: legend,
    ...(isNow ? { instant: true, range: false } : { instant: false, range: true }),
    ...(model["type"] === "table" ? { format: "table" } : {}),
  }));
}

/** Rows of panels, one below the other; those of a row share its width. */
export function laidOut(rows: readonly (readonly Panel[])[]): object[] {
  let y = 0;
  let id = 0;
  return rows.flatMap((row) => {
    const height = Math.max(...row.map((panel) => panel.height));
    const width = Math.floor(24 / row.length);
    const placed = row.map((panel, index) => ({
      id: ++id,
      title: panel.title,
      ...(panel.queries.length === 0 ? {} : { datasource, targets: targets(panel) }),
      gridPos: { x: index * width, y, w: width, h: height },
      ...panel.model,
    }));
    y += height;
    return placed;
  });
}

/** Marks over all panels of a dashboard. */
export interface Marks {
  readonly name: string;
  readonly expr: string;
  readonly color: "blue" | "red";
  /** What a mark says, with labels in braces. */
  readonly title: string;
  /** Whether the value is the moment, in milliseconds; else a mark stands where there is a value. */
  readonly valueIsTime?: true;
}

/** Marks, as Grafana's annotations. */
export function annotations(marks: readonly Marks[]): object[] {
  return marks.map(({ name, expr, color, title, valueIsTime }) => ({
    name,
    datasource,
    enable: true,
    expr,
    iconColor: color,
    titleFormat: title,
    step: "15s",
    ...(valueIsTime === undefined ? {} : { useValueForTime: "on" }),
  }));
}
