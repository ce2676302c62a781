import type { Box } from "../box/model.ts";

/**
 * Bytes of the buffers that hold the head of a request or of an answer on its way: its largest size, what both tiers add, and
 * what HAProxy keeps for each header.
 */
export function headBytes({ headerKb }: Box["limits"]): number {
  return (headerKb + reserveKb) * 1024;
}

/** Kilobytes of them that a client or a server does not get. */
export const reserveKb = 16;
