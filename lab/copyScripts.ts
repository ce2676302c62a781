/** Brings the scripts that reach hosts along with what tsc has compiled, for `npm run build`. */
import { cpSync, globSync } from "node:fs";
import path from "node:path";

const project = path.resolve(import.meta.dirname, "..");
for (const script of globSync("{host,render,cli}/**/*.sh", { cwd: project }))
  cpSync(path.join(project, script), path.join(project, "dist", script));
