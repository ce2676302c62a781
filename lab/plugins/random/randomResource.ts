/** The life cycle of a random value: made at creation, replaced when an input changes. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Checked, Difference, Resource } from "../protocol/provider.ts";
import { isUnknown, reveal, secret, UNKNOWN, unwrap } from "../protocol/wireValues.ts";
import type { WireObject } from "../protocol/wireValues.ts";

/** Makes one kind of random value. */
export interface Generator<Inputs> {
  readonly inputs: z.ZodType<Inputs>;
  /** The names of the outputs that are not inputs; `secret` for those that must not be seen. */
  readonly outputs: Readonly<Record<string, "secret" | "plain">>;
  generate(inputs: Inputs): { id: string; outputs: WireObject };
}

function check(schema: z.ZodType, news: WireObject): Checked {
  const parsed = schema.safeParse(reveal(news));
  // What is not known yet, in a preview, is checked when it is.
  const issues = (parsed.error?.issues ?? []).filter(({ path }) => !isUnknown(unwrap(news[String(path[0])] ?? null)));
  const failures = issues.map(({ path, message }) => ({ property: path.map(String).join("."), reason: message }));
  return { inputs: news, failures };
}

function difference(olds: WireObject, news: WireObject): Difference {
  const found: Difference = new Map();
  for (const name of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    const [old, now] = [olds[name], news[name]];
    if (isDeepStrictEqual(old, now)) continue;
    found.set(name, old === undefined ? "ADD_REPLACE" : now === undefined ? "DELETE_REPLACE" : "UPDATE_REPLACE");
  }
  return found;
}

/** Every changed input replaces the resource, so that there is nothing to update; nothing has to be deleted. */
export function randomResource<Inputs>(generator: Generator<Inputs>): Resource {
  const marked = (outputs: WireObject): WireObject =>
    Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [
        name,
        generator.outputs[name] === "secret" ? secret(value) : value,
      ]),
    );
  return {
    check: (news) => check(generator.inputs, news),
    diff(olds, news, ignoreChanges) {
      const found = difference(olds.inputs, news);
      for (const ignored of ignoreChanges) found.delete(ignored);
      return found;
    },
    create(call, inputs) {
      if (call.preview) {
        const unknown = Object.fromEntries(Object.keys(generator.outputs).map((name) => [name, UNKNOWN]));
        return { id: "", state: { ...marked(unknown), ...inputs } };
      }
      const { id, outputs } = generator.generate(generator.inputs.parse(reveal(inputs)));
      // Inputs last: they may be marked secret.
      return { id, state: { ...marked(outputs), ...inputs } };
    },
    read(_id, known) {
      return known;
    },
    update(_call, olds, news) {
      return { ...olds.state, ...news };
    },
    async delete() {},
  };
}
