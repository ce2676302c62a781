import type { Client, ClientChannel } from "ssh2";
import { seconds } from "../limits.ts";
import { Stage, type Stopped } from "./stopped.ts";

/** What a script has printed on a host. */
export interface Answer {
  readonly text: string;
  /** The end of what it has written to standard error. */
  readonly errors: string;
  /** When it was sent, by this machine's clock, in milliseconds. */
  readonly sent: number;
  /** When the line that was looked for had arrived; undefined where it never did. */
  readonly heard?: number;
}

/** A host's answer is some kilobytes; what goes on beyond that is none. */
const MOST_BYTES = 512 * 1024;
const MOST_ERRORS = 4096;

/** Milliseconds by which a host's answer is taken as it is, before nothing of it would be. */
const TO_SPARE = 100;

/**
 * Runs a script in a POSIX shell of a host, sent by standard input: nothing of it is written there.
 *
 * @param command what the login shell starts, constant
 * @param mark a line of the answer, of which the time is wanted
 */
export function ask(
  client: Client,
  { command, script, mark }: { readonly command: string; readonly script: string; readonly mark: RegExp },
  milliseconds: number,
): Promise<Answer | Stopped> {
  const end = Date.now() + milliseconds;
  return new Promise((resolve) => {
    const stop = (problem: string): void => resolve({ stage: Stage.Answer, problem });
    const timer = setTimeout(() => stop(`nothing came within ${seconds(milliseconds)}`), milliseconds);
    client.once("close", () => stop("it closed the connection"));
    client.exec(command, (error, channel) => {
      if (error) {
        clearTimeout(timer);
        stop(`it runs no command: ${error.message}`);
        return;
      }
      void answerOf(channel, script, mark, end - Date.now() - TO_SPARE).then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  });
}

function answerOf(channel: ClientChannel, script: string, mark: RegExp, milliseconds: number): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = Date.now();
    let heard: number | undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let errors = "";
    const end = (): void => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString("utf8");
      resolve({ text, errors, sent, ...(heard === undefined ? {} : { heard }) });
      channel.destroy();
    };
    // What came until then is worth having.
    const timer = setTimeout(end, milliseconds);
    channel.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (heard === undefined && bytes < MOST_ERRORS && mark.test(Buffer.concat(chunks).toString("latin1"))) {
        heard = Date.now();
      }
      if (bytes > MOST_BYTES) end();
    });
    channel.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString("utf8")).slice(-MOST_ERRORS);
    });
    channel.on("error", () => undefined);
    channel.on("close", end);
    channel.end(script);
  });
}
