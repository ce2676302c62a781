/** How attacks ask the box: from a machine of the lab, with any bytes, and what a pod says of what has reached it. */
import path from "node:path";
import { runChecked } from "../../lab/run.ts";
import { namespaceOf, namespacePath } from "../../lab/state.ts";
import { world } from "../e2e/world.ts";
import type { Question, Reply } from "./program/asker.ts";

const program = path.join(import.meta.dirname, "program", "asker.ts");

/** The way in: a web server, over TLS. */
export const edge = { address: "192.168.0.30", port: 443, serverName: "protobox.test" } as const;

/** What a pod of the lab says of a request that has reached it. */
export interface Seen {
  readonly app: string;
  readonly host: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** Asks from a machine of the lab; the replies are in the order of the questions. */
export async function askAll(from: string, questions: readonly Question[]): Promise<readonly Reply[]> {
  const { lab } = await world();
  const inside = [`--net=${namespacePath(namespaceOf(lab, from))}`, "--", process.execPath, program];
  const { stdout } = await runChecked(`ask ${questions.length} times from ${from}`, "nsenter", inside, {
    input: JSON.stringify(questions),
    timeoutSeconds: 240,
  });
  return JSON.parse(stdout) as readonly Reply[];
}

/** A request of HTTP/1 as it is sent: the names of its headers are not touched. */
export function request(
  target: string,
  headers: readonly (readonly [name: string, value: string])[] = [],
  more: {
    readonly host?: string;
    readonly method?: string;
    readonly connection?: string;
    readonly after?: string;
  } = {},
): string {
  const { host = "protobox.test", method = "GET", connection = "close", after = "" } = more;
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, `Connection: ${connection}`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${after}`, "latin1").toString("base64");
}

/** What the pod saw; undefined where no pod answered. */
export function seenBy({ body }: Reply): Seen | undefined {
  try {
    const seen = JSON.parse(body) as Partial<Seen>;
    return seen.app === undefined ? undefined : (seen as Seen);
  } catch {
    return undefined;
  }
}
