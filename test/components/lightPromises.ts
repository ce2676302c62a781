import { createRequire } from "node:module";

type DebuggablePromise = (promise: Promise<unknown>, context: unknown) => Promise<unknown>;

/**
 * Pulumi's SDK notes the stack trace of every promise that it makes, for a message about promises that never end: with mocks that
 * is half of the time of a program. Here it notes none; errors keep theirs.
 */
const module = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js") as {
  debuggablePromise: DebuggablePromise;
};
const original = module.debuggablePromise;
module.debuggablePromise = (promise, context) => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return original(promise, context);
  } finally {
    Error.stackTraceLimit = limit;
  }
};
