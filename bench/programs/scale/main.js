// As the project's own program starts: see main.js there.
import "../../../package/lightStart.js";
await import("./index.ts");
