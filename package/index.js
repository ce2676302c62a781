// The package as `import` finds it. Imports are evaluated in this order.
import "./checkNode.cjs";
export * from "./components/index.js";
