import { createHash } from "node:crypto";
import path from "node:path";
import { cacheDirectory } from "../lab/state.ts";

/** One command of the whole run. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Counted as one test of its own; mocha runs count theirs themselves. */
  readonly counted: boolean;
  /** Minutes after which the step has hung: several times what it takes on two busy cores. */
  readonly minutes: number;
  /** Variables of its environment beside those of the run. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Steps that run beside each other: each lane is a list of steps, one after the other. */
export type Stage = readonly (readonly Step[])[];

const node = process.execPath;
const bin = (name: string): string => path.join("node_modules", ".bin", name);
const counted = (name: string, minutes: number, ...command: string[]): Step => ({
  name,
  command,
  counted: true,
  minutes,
});

function mocha(name: string, minutes: number, ...more: string[]): Step {
  const config = `test/${name}.mocharc.json`;
  const command = [node, "node_modules/mocha/bin/mocha.js", "--config", config, "--reporter", "test/reporter.ts"];
  return { name, command: [...command, ...more], counted: false, minutes };
}

/** Each process loads all modules anew: two are ready later than three, and leave a part of the work to those beside them. */
const unit = mocha("unit", 10, "--jobs", "2");

/** Of the same kind, but each file makes hundreds of boxes: seconds of work that who changes a line does not wait for. */
const generated = mocha("generated", 10);

/** What a unit is part of: all that a program registers for a box, and commands in processes of their own. */
const whole = mocha("whole", 10);

/**
 * Where a program keeps, for the next run of this checkout, what it has found out by content: tsc and prettier look anew at what
 * has changed, what depends on it, or was seen by another version of theirs. ESLint's cache does not know that a rule may look at
 * the types of another file, so ESLint has none.
 */
function kept(name: string): string {
  const checkout = createHash("sha256")
    .update(path.resolve(import.meta.dirname))
    .digest("hex")
    .slice(0, 8);
  return path.join(cacheDirectory(`checks-${checkout}`), name);
}

const typesOf = (name: string, ...which: string[]): Step =>
  counted(name, 5, bin("tsc"), ...which, "--noEmit", "--incremental", "--tsBuildInfoFile", kept(`${name}.tsbuildinfo`));

const checks: readonly Step[] = [
  typesOf("types"),
  typesOf("plugin", "-p", "tsconfig.plugin.json"),
  counted("lint", 20, bin("eslint"), "."),
  counted(
    "format",
    5,
    bin("prettier"),
    "--check",
    ".",
    "--cache",
    "--cache-strategy",
    "content",
    "--cache-location",
    kept("prettier"),
  ),
];

/** What needs neither root nor other programs. */
export const plainStages: readonly Stage[] = [[checks, [unit, whole, generated]]];

/** What the slow tests start engines from, and the Consul of the root tests: the first run on a machine builds it, which is none of the time of a test. */
const toolchain = counted("toolchain", 75, node, "lab/cli.ts", "build");

/**
 * The engine writes the state, which is of megabytes, before and after each resource that it changes, for whoever kills it. No test
 * of a box does: there it writes once, at its end. (It does so too when it is interrupted, or when `up` fails.)
 */
const oneCheckpoint = { PULUMI_SKIP_CHECKPOINTS: "true" };

/**
 * Everything, for root on Linux. The tests of a box mostly wait, so all that needs no box runs beside them, in one lane: two lanes
 * fill two cores, and a third only makes each test later. While a box installs the packages of all its hosts, the other lane has
 * what no busy machine spoils. Whatever measures milliseconds comes last and has the machine to itself.
 *
 * @param lab name of a lab of the tests' own, so that a box brought up by `npm start` is left alone
 */
export function rootStages(lab: string): readonly Stage[] {
  const beside = [...checks, unit, whole, generated, mocha("checked", 10), toolchain];
  const start = counted("start", 85, node, "lab/start.ts", "--name", lab);
  const box = [start, mocha("box", 80)].map((step) => ({ ...step, env: oneCheckpoint }));
  return [
    [box, [...beside, mocha("root", 40), mocha("labs", 20), mocha("hosts", 40), mocha("slow", 40)]],
    [[mocha("measured", 20)]],
    [[counted("down", 5, node, "lab/cli.ts", "down", "--name", lab)]],
  ];
}
