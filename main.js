// Where Pulumi starts the program, index.ts: an old Node is told so before it meets TypeScript.
import "./package/checkNode.cjs";

export default await import("./index.ts");
