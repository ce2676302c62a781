/** How a command ends, the same for all of them. */
export const Status = {
  Fine: 0,
  Mistakes: 1,
  WrongUsage: 2,
  /** Only of `gatebox review`: the change has a risk that it was asked to fail on. */
  Risk: 3,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** As `--help` says it. */
export const statusText =
  "Exit status: 0 when all is well (warnings included), 1 when mistakes are found or it cannot be done, 2 for a command line that is not understood.";

/** How a call of a command has ended. */
export interface Ended {
  readonly status: Status;
  /** What was asked for: goes to standard output. */
  readonly output?: string;
  /** What the person reads besides: goes to standard error. */
  readonly message?: string;
}

/** A command line that is not understood. */
export class UsageError extends Error {}

/** Writes what a command has to say. The process ends by itself, when all of it is written. */
export function finish({ status, output = "", message = "" }: Ended): void {
  // A reader that has seen enough (`| head`) closes its end.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  process.stdout.write(output);
  process.stderr.write(message);
  process.exitCode = status;
}
