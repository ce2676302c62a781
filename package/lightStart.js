// What Pulumi's run of a program pays for and this one does not need: on the Protobox a quarter of a preview's time.
import { homedir } from "node:os";
import path from "node:path";
import * as module from "node:module";
import process from "node:process";

// Pulumi takes a stack of every promise, and maps each through source maps, of its own code too. What Node runs here are the
// source files themselves, so its own stacks name the right lines.
Error.prepareStackTrace = undefined;

// Code that Node has compiled once. $NODE_COMPILE_CACHE, where somebody has set it, says where.
const cache = process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache");
module.enableCompileCache(path.join(cache, "gatebox", "node"));
