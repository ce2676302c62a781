/** The life cycle that remote and local commands share: which command runs when, and what is stored of it. */
import { randomBytes } from "node:crypto";
import type { Call, Resource } from "../protocol/provider.ts";
import { completeAssets, isUnknown, reveal, UNKNOWN } from "../protocol/wireValues.ts";
import type { WireObject, WireValue } from "../protocol/wireValues.ts";
import { decodeFailures, demand, normalise, unrecognized } from "./decode.ts";
import { difference, withIgnored } from "./diff.ts";
import type { ObjectType } from "./objectTypes.ts";
import type { Streams } from "./output.ts";

/**
 * Runs a command.
 * @param inputs without secret marks
 * @param previous the outputs that the command finds in its environment
 * @returns the outputs to store
 */
export type Runner = (
  call: Call,
  command: string,
  inputs: WireObject,
  previous: Streams | undefined,
) => Promise<WireObject>;

const text = (value: WireValue | undefined): string => (typeof value === "string" ? value : "");

/** Linux's limit for one `NAME=value` of an environment, in bytes with the final NUL (MAX_ARG_STRLEN). */
const VARIABLE_LIMIT = 131_072;

/**
 * The environment variables that carry the outputs of the last run. Empty outputs are left out; so are, with a warning,
 * those that no process could be started with.
 */
export function previousVariables(call: Pick<Call, "log">, previous: Streams | undefined): [string, string][] {
  const variables: [string, string][] = [
    ["PULUMI_COMMAND_STDOUT", previous?.stdout ?? ""],
    ["PULUMI_COMMAND_STDERR", previous?.stderr ?? ""],
  ];
  return variables.filter(([name, value]) => {
    const size = Buffer.byteLength(`${name}=${value}`) + 1;
    if (size <= VARIABLE_LIMIT) return value !== "";
    const hint = "set addPreviousOutputInEnv to false, or let the command write less";
    call.log("warning", `${name} is not set: ${size} bytes, and a process takes ${VARIABLE_LIMIT}: ${hint}`, false);
    return false;
  });
}

function previousOutput(inputs: WireObject, state: WireObject): Streams | undefined {
  if (reveal(inputs["addPreviousOutputInEnv"] ?? true) === false) return undefined;
  return { stdout: text(reveal(state["stdout"] ?? "")), stderr: text(reveal(state["stderr"] ?? "")) };
}

function unknownOutputs(inputs: WireObject): WireObject {
  const found: WireObject = { stdout: UNKNOWN, stderr: UNKNOWN };
  if (inputs["assetPaths"] !== undefined) found["assets"] = UNKNOWN;
  if (inputs["archivePaths"] !== undefined) found["archive"] = UNKNOWN;
  return found;
}

/** Runs `command` if there is one. */
async function perform(
  run: Runner,
  call: Call,
  command: WireValue | undefined,
  inputs: WireObject,
  previous: Streams | undefined,
): Promise<WireObject | undefined> {
  if (command === undefined || isUnknown(command)) return undefined;
  return run(call, text(reveal(command)), reveal(inputs) as WireObject, previous);
}

/** Check as all resources of this provider do it. */
export function checkInputs(type: ObjectType, news: WireObject) {
  const failures = decodeFailures(type, news);
  const inputs = normalise(type, news, failures.length === 0);
  return { inputs: completeAssets(inputs) as WireObject, failures };
}

/** A resource whose life is `create`, `update` and `delete` commands. */
export function commandResource(inputsType: ObjectType, outputsType: ObjectType, run: Runner): Resource {
  return {
    check: (news) => checkInputs(inputsType, news),
    diff: (olds, news, ignoreChanges) => difference(inputsType, olds, news, ignoreChanges),

    async create(call, inputs) {
      demand(decodeFailures(inputsType, inputs));
      const id = call.name + randomBytes(4).toString("hex");
      if (call.preview) return { id, state: { ...inputs, ...unknownOutputs(inputs) } };
      const outputs = await perform(run, call, inputs["create"], inputs, undefined);
      return { id, state: { ...inputs, ...(outputs ?? { stdout: "", stderr: "" }) } };
    },

    read(_id, known) {
      demand([...unrecognized(outputsType, known.state), ...unrecognized(inputsType, known.inputs)]);
      return known;
    },

    async update(call, olds, given, ignoreChanges) {
      const news = withIgnored(given, olds.state, ignoreChanges);
      demand([...decodeFailures(outputsType, olds.state), ...decodeFailures(inputsType, news)]);
      const kept: WireObject = {};
      for (const name of Object.keys(outputsType.fields)) {
        const old = olds.state[name];
        if (!(name in inputsType.fields) && old !== undefined) kept[name] = old;
      }
      if (call.preview) {
        const changed = difference(inputsType, olds, news, ignoreChanges).size > 0;
        return { ...news, ...(changed ? unknownOutputs(news) : kept) };
      }
      const command = news["update"] ?? news["create"];
      const outputs = await perform(run, call, command, news, previousOutput(news, olds.state));
      return { ...news, ...(outputs ?? kept) };
    },

    async delete(call, state) {
      demand(decodeFailures(outputsType, state));
      await perform(run, call, state["delete"], state, previousOutput(state, state));
    },
  };
}
