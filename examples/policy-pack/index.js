// The runner of policy packs compiles TypeScript by a compiler of its own, which does not know this syntax; Node does.
import "./pack.ts";
