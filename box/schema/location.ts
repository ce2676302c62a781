import { z } from "zod";

/** A path on the web servers. The characters are those that need no escape in a URL, nor in nginx. */
export const location = z
  .string()
  .regex(
    /^\/(?:(?!\.\.?\/)[A-Za-z0-9._-]+\/)*$/,
    'is not a location: it begins and ends with "/", with letters, digits, ".", "_", "-" between slashes',
  )
  .describe("Path on the web servers, with a slash at both ends.");

/** Whether a location passes WebSocket upgrades on. */
export const websocket = z.boolean().default(false).describe("Pass WebSocket upgrades on. Default `false`.");
