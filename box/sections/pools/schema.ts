import { z } from "zod";
import { named, referenceTo } from "../../schema/references.ts";
import { name } from "../../schema/scalars.ts";

/** Section `pools`: which hosts do the same work. */
export const schema = named(
  name,
  z.array(referenceTo("hosts")).min(1, "is an empty pool: name at least one host, or remove the pool"),
).describe(
  "Hosts that do the same work, by the pool's name. They are changed one by one, in this order; with VIPs, those of the highest priorities last.",
);
