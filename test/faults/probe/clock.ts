/** The one clock of a run: all programs of the suite, in whatever network namespace, stamp what they see with it. */

/**
 * Milliseconds of the machine's monotonic clock, with fractions. Network namespaces share it, nobody sets it, and two
 * processes that read it at the same moment read the same.
 */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
