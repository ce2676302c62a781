import { z } from "zod";
import { isClaim, isSetByEdge } from "../clientClaims.ts";

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

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, {
    error: 'is not the name of a header: write letters, digits and "-"',
    abort: true,
  })
  .refine((name) => !isSetByEdge(name), "is what the web servers say of each request themselves: leave it out")
  .refine((name) => isSetByEdge(name) || isClaim(name), "passes as it is: leave it out");

/** Headers of clients that a route lets through. */
export const passHeaders = z
  .array(headerName)
  .default([])
  .describe(
    "Request headers that clients may send to this route though applications take them for who the client is or where it " +
      "comes from, for example `Remote-User`. Default: none passes.",
  );
