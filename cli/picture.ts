import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { finish, Status, type Ended } from "./ended.ts";
import { here } from "./here.ts";
import { boxPicture } from "./picture/boxPicture.ts";
import { requestPicture } from "./picture/requestPicture.ts";
import { mistakeLine } from "./stackFile/mistake.ts";
import { inspectOnDisk } from "./stackFile/onDisk.ts";

interface PictureOptions {
  readonly file: string;
  readonly request: boolean;
  readonly out: string | undefined;
}

/** `gatebox picture`: a box as SVG. */
export const pictureCommand: CommandModule<object, PictureOptions> = {
  command: "picture <file>",
  describe: "Draw a box as SVG: networks, hosts, virtual IPs, NAT, and what is open where",
  builder: (yargs) =>
    yargs
      .positional("file", { describe: "Stack file, Pulumi.STACK.yaml", type: "string", demandOption: true })
      .option("request", { describe: "Draw the path of a request instead", type: "boolean", default: false })
      .option("out", { describe: "Write it into this file", type: "string", requiresArg: true })
      .example("$0 picture Pulumi.mybox.yaml --out mybox.svg", "the same box always gives the same picture"),
  handler: ({ file, ...options }) => finish(picture(file, options, here())),
};

/** Draws the box of a stack file; `here` is where relative paths begin. */
export function picture(file: string, { request, out }: Omit<PictureOptions, "file">, here: string): Ended {
  const { box, mistakes } = inspectOnDisk(file, here);
  const message = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  if (!box) return { status: Status.Mistakes, message };
  if (request && !(box.webservers && box.kubeGateways)) {
    const reason = `${file}: a box without web servers or gateways has no path of a request: leave out --request\n`;
    return { status: Status.Mistakes, message: message + reason };
  }
  const svg = request ? requestPicture(box) : boxPicture(box);
  if (out === undefined) return { status: Status.Fine, output: svg, message };
  writeFileSync(path.resolve(here, out), svg);
  return { status: Status.Fine, message };
}
