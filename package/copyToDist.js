// Brings along what tsc does not compile, for `npm run build`: the entry points, and the scripts and rules that reach hosts. It is
// JavaScript because a package installed from git is built by whatever Node is there.
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, URL } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(project, "dist");

for (const name of ["checkNode.cjs", "gatebox.js", "index.cjs", "index.js"])
  cpSync(path.join(project, "package", name), path.join(dist, name));

// Both entry points have the same types; what differs is the kind of module that a compiler takes them for.
for (const name of ["index.d.ts", "index.d.cts"])
  writeFileSync(path.join(dist, name), 'export * from "./components/index.js";\n');

for (const room of ["cli", "host", "render"]) {
  const scripts = readdirSync(path.join(project, room), { recursive: true }).filter((name) =>
    /\.(sh|pl|yml)$/.test(name),
  );
  for (const script of scripts) cpSync(path.join(project, room, script), path.join(dist, room, script));
}
