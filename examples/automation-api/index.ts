/** Previews the site, applies it when asked to (`node index.ts up`), and then looks whether anything is left to do. */
import { automation } from "@pulumi/pulumi";
import { site } from "./site.ts";

const stack = await automation.LocalWorkspace.createOrSelectStack({
  stackName: "site",
  projectName: "automation-api",
  program: site,
});

const first = await stack.preview();
console.log("first:", first.changeSummary);

if (process.argv[2] === "up") await stack.up({ onOutput: (text) => process.stdout.write(text) });

const second = await stack.preview();
console.log("second:", second.changeSummary);
