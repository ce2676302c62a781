import { z } from "zod";
import { name, reference } from "./scalars.ts";

/** Section `pools`: which hosts do the same work. */
export const pools = z
  .record(name, z.array(reference).min(1, "is an empty pool: name at least one host, or remove the pool"))
  .describe(
    "Hosts that do the same work, by the pool's name. They are changed one by one, in this order; with VIPs, those of the highest priorities last.",
  );
