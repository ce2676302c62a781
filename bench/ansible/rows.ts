/** The table of the comparison. Pure. */
import type { Row } from "../figure.ts";
import { shown } from "../results.ts";
import { median } from "../sample.ts";
import type { OfWay, Run, Turn } from "./turn.ts";

/** The turns of both; as many of the one as of the other. */
export interface Turns {
  readonly gatebox: readonly Turn[];
  readonly ansible: readonly Turn[];
}

export const HEADINGS = ["What", "Measured", "Asked for", "Gatebox", "Ansible"];

/** What a turn is asked for one number. */
type Ask = (turn: Turn) => readonly number[];

const secondsOf = (runs: readonly Run[]): number[] => runs.map(({ cost }) => cost.seconds);
const cpuOf = (runs: readonly Run[]): number[] => runs.map(({ cost }) => cost.cpuSeconds);

function ofWay<R extends Run>(ways: readonly OfWay<R>[], index: number): OfWay<R> {
  const found = ways[index];
  if (found === undefined) throw new Error(`a turn without the way number ${index}`);
  return found;
}

/** All rows. */
export function rowsOf(turns: Turns): readonly Row[] {
  return [...firstRows(turns), ...noopRows(turns), ...routeRows(turns), ...hostRows(turns)];
}

/** How much longer Ansible takes: the quotient of medians, and beside it the seconds of both. */
function beside(what: string, turns: Turns, gatebox: Ask, ansible: Ask, target?: string): Row {
  const [own, its] = [median(turns.gatebox.flatMap(gatebox)), median(turns.ansible.flatMap(ansible))];
  const besides = [own, its].map((value) => shown({ what, value, unit: "s" }));
  return { what, value: its / own, unit: "x", ...(target === undefined ? {} : { target }), besides };
}

/** A number of both, of which Gatebox' is what something was asked for. */
function both(what: string, unit: Row["unit"], gatebox: number, ansible: number, target?: string): Row {
  const besides = [gatebox, ansible].map((value) => shown({ what, value, unit }));
  return { what, value: gatebox, unit, ...(target === undefined ? {} : { target }), besides };
}

function most(turns: readonly Turn[], ask: Ask): number {
  return Math.max(...turns.flatMap(ask));
}

function sum(turns: readonly Turn[], ask: Ask): number {
  return turns.flatMap(ask).reduce((total, value) => total + value, 0);
}

function firstRows(turns: Turns): readonly Row[] {
  const whole: Ask = ({ first, prepared }) => [first.cost.seconds + (prepared?.seconds ?? 0)];
  const own: Ask = ({ first }) => [first.cost.seconds];
  const apt = (one: readonly Turn[]): number =>
    median(one.map(({ first }) => (100 * first.aptSeconds) / first.cost.seconds));
  return [
    beside("first configuration, from bare hosts", turns, whole, whole, "at least 1 ×"),
    beside("first configuration, without what Ansible alone needs on hosts", turns, own, own),
    both("part of it in which apt was at work on a host", "%", apt(turns.gatebox), apt(turns.ansible), "at least 80 %"),
    beside(
      "processor time on the workstation",
      turns,
      ({ first }) => [first.cost.cpuSeconds],
      ({ first }) => [first.cost.cpuSeconds],
    ),
    connections("SSH connections of the first configuration", turns, ({ first }) => [first.connections]),
  ];
}

function connections(what: string, { gatebox, ansible }: Turns, ask: Ask, target?: string): Row {
  return both(what, "count", most(gatebox, ask), most(ansible, ask), target);
}

/** What is asked for by the ways of Ansible's and Gatebox' that the issue names. */
type Targets = Readonly<Record<string, string>>;

/** Every way of the one beside every way of the other. `ask` gives what is measured in the way of a number. */
function eachBeside(
  what: string,
  turns: Turns,
  ways: (turn: Turn) => readonly OfWay<Run>[],
  ask: (index: number) => Ask,
  targets: Targets = {},
): readonly Row[] {
  const namesOf = ([turn]: readonly Turn[]): string[] => (turn === undefined ? [] : ways(turn).map(({ way }) => way));
  return namesOf(turns.ansible).flatMap((its, ansible) =>
    namesOf(turns.gatebox).map((own, gatebox) =>
      beside(`${what}: ${its} beside ${own}`, turns, ask(gatebox), ask(ansible), targets[`${ansible} ${gatebox}`]),
    ),
  );
}

function noopRows(turns: Turns): readonly Row[] {
  const seconds =
    (index: number): Ask =>
    (turn) =>
      secondsOf(ofWay(turn.noop, index).runs);
  const cpu: Ask = ({ noop }) => cpuOf(ofWay(noop, 0).runs);
  const all =
    (ask: (run: Run) => number): Ask =>
    (turn) =>
      turn.noop.flatMap(({ runs }) => runs.map(ask));
  const changed = all((run) => run.changed);
  // Those of a box of eight hosts and 195 resources.
  const targets = { "0 0": "12 × (8 hosts)", "0 1": "7 × (8 hosts)" };
  return [
    ...eachBeside("nothing changed", turns, ({ noop }) => noop, seconds, targets),
    beside("processor time on the workstation, in the first way of each", turns, cpu, cpu),
    connections(
      "SSH connections when nothing changed",
      turns,
      all((run) => run.connections),
      "0",
    ),
    both("what changed then", "count", sum(turns.gatebox, changed), sum(turns.ansible, changed), "0"),
  ];
}

function routeRows(turns: Turns): readonly Row[] {
  const wall =
    (index: number): Ask =>
    (turn) =>
      secondsOf(ofWay(turn.route, index).runs);
  const live =
    (index: number): Ask =>
    (turn) =>
      ofWay(turn.route, index).runs.map((run) => run.liveSeconds);
  const lost: Ask = ({ route }) => route.flatMap(({ runs }) => runs.map((run) => run.lost));
  const opened: Ask = ({ route }) => route.flatMap(({ runs }) => runs.map((run) => run.connections));
  const noop = (one: readonly Turn[]): number => median(one.flatMap((turn) => secondsOf(ofWay(turn.noop, 0).runs)));
  const more = (one: readonly Turn[]): number => median(one.flatMap(wall(0))) - noop(one);
  const ways = ({ route }: Turn): Turn["route"] => route;
  return [
    ...eachBeside("a route more", turns, ways, wall, { "0 0": "5 ×" }),
    ...eachBeside("until both web servers answer it", turns, ways, live),
    both("a route more, beyond nothing changed", "s", more(turns.gatebox), more(turns.ansible), "at most 4 s"),
    connections("SSH connections for a route", turns, opened),
    both("requests lost for a route", "count", sum(turns.gatebox, lost), sum(turns.ansible, lost), "0"),
  ];
}

function hostRows(turns: Turns): readonly Row[] {
  const whole: Ask = ({ host, preparedHost }) => [host.cost.seconds + (preparedHost?.seconds ?? 0)];
  const own: Ask = ({ host }) => [host.cost.seconds];
  const lost: Ask = ({ host }) => [host.lost];
  return [
    beside("a gateway more, from a bare host", turns, whole, whole),
    beside("a gateway more, without what Ansible alone needs on it", turns, own, own),
    connections("SSH connections for a gateway", turns, ({ host }) => [host.connections]),
    both("requests lost for a gateway", "count", sum(turns.gatebox, lost), sum(turns.ansible, lost), "0"),
  ];
}
