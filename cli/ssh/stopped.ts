import type { ShownKey } from "./hostKey.ts";

/** The stages of a visit, in the order of the way. */
export const Stage = {
  /** In at the bastion. */
  Bastion: "bastion",
  /** A TCP connection. */
  Connection: "connection",
  /** The SSH banner (RFC 4253, 4.2). */
  Banner: "SSH banner",
  HostKey: "host key",
  LogIn: "log-in",
  /** What the script has printed. */
  Answer: "answer",
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

/** Where a visit has come to an end, and why. */
export interface Stopped {
  readonly stage: Stage;
  readonly problem: string;
  /** Whether it ended at a log-in because there is no agent with a key: that is what is wrong, and not the server. */
  readonly withoutAgent?: true;
  /** The key that the server has shown, where it came to that. */
  readonly shown?: ShownKey;
}

/** Whether a visit has come to an end. */
export function isStopped(result: object): result is Stopped {
  return "stage" in result;
}
