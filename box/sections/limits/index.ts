import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import type { Section } from "../section.ts";

function whole(from: number, to: number, unit: string) {
  const rule = `is not a whole number of ${unit} from ${from} to ${to}`;
  return z.int(rule).min(from, rule).max(to, rule);
}

const schema = closed({
  headerKb: whole(8, 256, "kilobytes")
    .default(64)
    .describe(
      "Kilobytes that the head of a request (its first line and headers), and that of an answer, may have on the whole way. " +
        "Default 64. A larger request is answered 431, a larger answer becomes 502.",
    ),
  bodyMb: whole(1, 100_000, "megabytes")
    .default(100)
    .describe(
      "Megabytes that the body of a request may have. Default 100. A route sets its own with `client_max_body_size`.",
    ),
  answerSeconds: whole(1, 86_400, "seconds")
    .default(60)
    .describe(
      "Seconds that an application may be silent before it answers, and in its answer. Default 60. A route sets its own with `proxy_read_timeout`.",
    ),
  headerSeconds: whole(1, 600, "seconds")
    .default(10)
    .describe("Seconds in which the head of a request must have come. Default 10."),
  clientConnections: whole(10, 100_000, "requests")
    .default(1000)
    .describe(
      "Requests (and WebSockets) of one address that may be under way at a time. Default 1000. More are answered 429.",
    ),
  clientRequestsPerSecond: whole(10, 1_000_000, "requests a second")
    .default(500)
    .describe(
      "Requests a second of one address, with bursts of four times as many. Default 500. More are answered 429.",
    ),
  clientNewConnectionsPerSecond: whole(10, 1_000_000, "connections a second")
    .default(200)
    .describe("New connections a second of one address, with bursts of twice as many. Default 200. More wait."),
  clientUploads: whole(1, 10_000, "uploads")
    .default(20)
    .describe("Requests with a body of more than 1 MB of one address that may be under way at a time. Default 20."),
  spoolMb: whole(16, 1_000_000, "megabytes")
    .default(512)
    .describe(
      "Megabytes of memory on each web server for bodies and answers that do not fit into their buffers. Default 512. They " +
        "are kept apart from the disk.",
    ),
  logQueries: z
    .boolean()
    .default(false)
    .describe("Write the query strings of requests into the logs. Default `false`: they often hold secrets."),
})
  .prefault({})
  .describe("What one client may take, and how large requests and answers may be, alike at web servers and gateways.");

/** The limits of a box, from the client to the pod. */
export type Limits = z.output<typeof schema>;

/** What holds where a stack says nothing. */
export const defaultLimits: Limits = schema.parse({});

/** Limits of requests and clients. */
export const limits: Section<"limits", typeof schema> = {
  name: "limits",
  schema,
  rules: [],
  resolve: ({ configuration }) => configuration.limits,
};
