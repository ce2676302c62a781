/** What a command writes: collected for the outputs, and logged line by line while it runs. */
import type { Call } from "../protocol/provider.ts";

const NEWLINE = 0x0a;

/** The outputs of a command, each without its last newline. */
export interface Streams {
  stdout: string;
  stderr: string;
}

/** Cuts a stream of bytes into lines, without their ends (`\n` or `\r\n`). */
class Lines {
  readonly #emit: (line: string) => void;
  #pending: Buffer[] = [];

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#pending.push(chunk.subarray(start, end));
      this.#flush();
      start = end + 1;
    }
    if (start < chunk.length) this.#pending.push(chunk.subarray(start));
  }

  /** Emits a last line that has no newline. */
  end(): void {
    if (this.#pending.length > 0) this.#flush();
  }

  #flush(): void {
    const line = Buffer.concat(this.#pending).toString("utf8");
    this.#pending = [];
    this.#emit(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}

/**
 * Takes both streams of one command.
 *
 * @example
 * const output = new Output(call, "stdout");
 * process.stdout.on("data", (chunk) => output.stdout(chunk));
 */
export class Output {
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  readonly #both: Buffer[] = [];
  readonly #lines: Lines;
  readonly #logged: { stdout: boolean; stderr: boolean };

  /** @param logging `none`, `stdout` or `stderr`; anything else: both */
  constructor(call: Pick<Call, "log">, logging: string | undefined) {
    // One splitter for both: a partial line of one stream is continued by the other, as on a terminal.
    this.#lines = new Lines((line) => call.log("info", line, true));
    this.#logged = {
      stdout: logging !== "none" && logging !== "stderr",
      stderr: logging !== "none" && logging !== "stdout",
    };
  }

  stdout(chunk: Buffer): void {
    this.#stdout.push(chunk);
    this.#both.push(chunk);
    if (this.#logged.stdout) this.#lines.push(chunk);
  }

  stderr(chunk: Buffer): void {
    this.#stderr.push(chunk);
    this.#both.push(chunk);
    if (this.#logged.stderr) this.#lines.push(chunk);
  }

  /** The command has ended. Bytes that are no UTF-8 become U+FFFD. */
  end(): Streams {
    this.#lines.end();
    const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8").replace(/\n$/, "");
    return { stdout: text(this.#stdout), stderr: text(this.#stderr) };
  }

  /** Both streams in the order in which they arrived, for an error text. */
  get everything(): string {
    return Buffer.concat(this.#both).toString("utf8");
  }
}
