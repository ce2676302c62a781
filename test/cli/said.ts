import { stripVTControlCharacters } from "node:util";

/** What a call said, and the exit status that it left. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a call of this process takes place. */
export interface Place {
  /** Variables of the environment that are another meanwhile; without a value, that are not set. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Does something that believes to have the process for itself, and returns what it has said. */
export async function said(work: () => Promise<void>, { env, cwd }: Place): Promise<Said> {
  const streams = { stdout: capture(process.stdout), stderr: capture(process.stderr) };
  const before = { cwd: process.cwd(), env: process.env, exitCode: process.exitCode };
  process.env = Object.fromEntries(
    Object.entries({ ...before.env, ...env }).filter(([, value]) => value !== undefined),
  );
  process.chdir(cwd);
  process.exitCode = 0;
  try {
    await work();
    const { stdout, stderr } = streams;
    return { status: process.exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.env = before.env;
    process.chdir(before.cwd);
    process.exitCode = before.exitCode;
    for (const { giveBack } of Object.values(streams)) giveBack();
  }
}

/** Takes what is written to a stream, and its listeners, until it is given back. */
function capture(stream: NodeJS.WriteStream): { readonly text: () => string; readonly giveBack: () => void } {
  const write = stream.write.bind(stream);
  const listeners = stream.listeners("error");
  const written: string[] = [];
  stream.write = (chunk: string | Uint8Array) => written.push(chunk.toString()) > 0;
  return {
    text: () => stripVTControlCharacters(written.join("")),
    giveBack: () => {
      stream.write = write;
      for (const listener of stream.listeners("error"))
        if (!listeners.includes(listener)) stream.off("error", listener as () => void);
    },
  };
}
