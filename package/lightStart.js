// What Pulumi's run of a program pays for and this one does not need: on the Protobox a quarter of a preview's time.
import { homedir } from "node:os";
import path from "node:path";
import * as module from "node:module";
import process from "node:process";

// Pulumi takes a stack of every promise, and maps each through source maps, of its own code too. What Node runs here are the
// source files themselves, so its own stacks name the right lines.
Error.prepareStackTrace = undefined;

// Those stacks tell where a promise that never ends was made, to whoever asks for it; several are taken for each resource. The
// module is no part of the SDK's interface: where it is another one, nothing is saved.
if (!process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) withoutStacksOfPromises();

// Code that Node has compiled once. $NODE_COMPILE_CACHE, where somebody has set it, says where.
const cache = process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache");
module.enableCompileCache(path.join(cache, "gatebox", "node"));

function withoutStacksOfPromises() {
  const debuggable = ofTheSdk("@pulumi/pulumi/runtime/debuggable.js");
  const original = debuggable?.debuggablePromise;
  if (typeof original !== "function") return;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return original(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

function ofTheSdk(file) {
  try {
    return module.createRequire(import.meta.url)(file);
  } catch {
    return undefined;
  }
}
