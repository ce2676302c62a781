// Builds the package where it is prepared for the first time, as when it is installed from git (`prepare` in package.json).
// A checkout that was built before is left as it is, and so is one without the compiler (`npm ci --omit=dev`).
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const built = existsSync(path.join(project, "dist/index.js"));
const compiler = existsSync(path.join(project, "node_modules/typescript"));

if (!built && compiler) {
  const { status } = spawnSync("npm", ["run", "build"], { cwd: project, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
