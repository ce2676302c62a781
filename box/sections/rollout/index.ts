import { z } from "zod";
import { itemsOf, membersOf, type Draft } from "../../draft.ts";
import { suggestion } from "../../nearMiss.ts";
import { closed } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { pathOf, type Violation } from "../../violations.ts";
import type { Section } from "../section.ts";

const noBatch = "is not a number of hosts: write a whole number, 1 or more";

const schema = z
  .record(
    referenceTo("pools"),
    closed({
      first: z
        .array(referenceTo("hosts"))
        .default([])
        .describe(
          "Hosts that are changed before all others of the pool, in this order: one that few use, for example. Default: those " +
            "that hold no virtual IP by priority, in the pool's order.",
        ),
      batch: z
        .int(noBatch)
        .min(1, noBatch)
        .default(1)
        .describe(
          "Hosts that are changed at a time, at most half of the pool; the first one is always changed alone. Default 1.",
        ),
    }),
  )
  .default({})
  .describe(
    "How the hosts of a pool are changed, by the pool's name. The first failure leaves those behind it untouched.",
  );

/** Who is changed first is of the pool, and named once. */
function* firstAreMembers(draft: Draft): Generator<Violation> {
  for (const [pool, { first }] of draft.rollout) {
    const members = membersOf(draft, pool);
    const seen = new Set<string>();
    for (const [index, host] of itemsOf(first)) {
      const path = pathOf("rollout", pool, "first", index);
      if (seen.has(host)) yield { path, message: `"${host}" comes first already: remove one of the two` };
      else if (members.length > 0 && !members.includes(host))
        yield { path, message: `"${host}" is not of ${pool}${suggestion(host, members)}: name a host of it` };
      seen.add(host);
    }
  }
}

/** While some are changed, as many others carry what the pool carries. */
function* halfGoesOn(draft: Draft): Generator<Violation> {
  for (const [pool, { batch }] of draft.rollout) {
    const { length } = membersOf(draft, pool);
    const most = Math.max(1, Math.floor(length / 2));
    if (batch === undefined || length === 0 || batch <= most) continue;
    const message = `${batch} of ${length} hosts at a time are more than half: write ${most === 1 ? "1" : `1 to ${most}`}, so that others carry their traffic`;
    yield { path: pathOf("rollout", pool, "batch"), message };
  }
}

/** In which order, and how many at a time. */
export const rollout: Section<"rollout", typeof schema> = {
  name: "rollout",
  schema,
  rules: [firstAreMembers, halfGoesOn],
  resolve: ({ configuration }) => configuration.rollout,
};
