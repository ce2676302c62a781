// Where Pulumi starts the program, index.ts: an old Node is told so before it meets TypeScript.
import "./package/checkNode.cjs";
import "./package/lightStart.js";

export default await import("./index.ts");
