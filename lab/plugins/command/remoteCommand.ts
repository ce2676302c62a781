/** Runs a command on a host over SSH. */
import { once } from "node:events";
import { constants } from "node:os";
import type { Call } from "../protocol/provider.ts";
import { previousVariables } from "./commandResource.ts";
import type { Runner } from "./commandResource.ts";
import { quote } from "./goText.ts";
import { Output } from "./output.ts";
import type { Streams } from "./output.ts";
import { connectionOf } from "./ssh/connection.ts";
import { dial } from "./ssh/dial.ts";
import type { Link } from "./ssh/dial.ts";
import { openSession } from "./ssh/session.ts";
import type { Session } from "./ssh/session.ts";

/** The vendor's words, which users search for. */
const refusal = (variable: string): string =>
  `Unable to set '${variable}'. This only works if your SSH server is configured to accept\n\t` +
  "these variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n\t" +
  "prefix the command itself with the variables in the form 'VAR=value command'";

async function setEnvironment(
  call: Call,
  session: Session,
  environment: Record<string, string>,
  previous: Streams | undefined,
): Promise<void> {
  for (const [name, value] of Object.entries(environment)) {
    if (await session.setVariable(name, value)) continue;
    call.log("error", refusal(name), false);
    throw new Error(`could not set environment variable "${name}": ssh: setenv failed`);
  }
  // Sent last, so that they win; a host that refuses them still runs the command.
  for (const [name, value] of previousVariables(call, previous))
    if (!(await session.setVariable(name, value))) call.log("warning", refusal(name), false);
}

/** How a command ended: RFC 4254, section 6.10. */
interface Ending {
  /** Exit status; null if a signal ended the command. */
  code: number | null;
  /** For example `SIGKILL`. */
  signal: string | undefined;
}

/** Why the command failed, or undefined if it succeeded. */
function failureOf(ending: Ending | undefined, link: Link): string | undefined {
  if (ending === undefined) return link.lost() ?? "wait: remote command exited without exit status or exit signal";
  if (ending.code === 0) return undefined;
  if (ending.code !== null) return `Process exited with status ${ending.code}`;
  const number = new Map(Object.entries(constants.signals)).get(ending.signal ?? "") ?? 0;
  return `Process exited with status ${128 + number} from signal ${ending.signal?.replace(/^SIG/, "")}`;
}

/** Starts the command and waits until it has ended and closed its output. */
async function execute(
  link: Link,
  session: Session,
  command: string,
  stdin: string,
  output: Output,
): Promise<Ending | undefined> {
  const { channel } = session;
  let ending: Ending | undefined;
  channel.on("exit", (code: number | null, signal?: string) => (ending = { code, signal }));
  // Writing to a command that has gone is no failure of the command.
  channel.on("error", () => {});
  channel.on("data", (chunk: Buffer) => output.stdout(chunk));
  channel.stderr.on("data", (chunk: Buffer) => output.stderr(chunk));
  const closed = Promise.all([once(channel, "close"), once(channel.stderr, "close")]);
  if (!(await link.during(session.execute(command)))) throw new Error(`ssh: command ${command} failed`);
  channel.end(stdin);
  await closed;
  return ending;
}

/**
 * Runs `command` in the login shell of the connection's user. An abort of the call stops dialling, but not a running
 * command: its result would be lost.
 */
export const runRemotely: Runner = async (call, command, inputs, previous) => {
  const link = await dial(connectionOf(inputs["connection"]), call);
  try {
    const session = await link.during(openSession(link.client));
    await link.during(setEnvironment(call, session, (inputs["environment"] ?? {}) as Record<string, string>, previous));
    const output = new Output(call, inputs["logging"] as string | undefined);
    const ending = await execute(link, session, command, (inputs["stdin"] ?? "") as string, output);
    const streams = output.end();
    const failure = failureOf(ending, link);
    if (failure !== undefined) throw new Error(`${failure}: running ${quote(command)}:\n${output.everything}`);
    return { ...streams };
  } finally {
    link.close();
  }
};
