import { z } from "zod";
import { cidr, name } from "./words.ts";

/** Section `networks`: every network of the box. */
export const networks = z
  .record(name, cidr)
  .describe(
    "The networks of the box by name, each in CIDR notation. An interface of a host carries its network's name, unless " +
      "the host says otherwise.",
  );
