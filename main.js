// Where Pulumi starts the program, index.ts: an old Node is told so before it meets TypeScript.
import "./package/checkNode.cjs";
import "./package/lightStart.js";

// What a box does not have is no output of it: the engine would warn of each.
const outputs = Object.entries(await import("./index.ts"));
export default Object.fromEntries(outputs.filter(([, value]) => value !== undefined));
