import path from "node:path";
import type { CommandModule } from "yargs";
import { finish, Status, UsageError, type Ended } from "./ended.ts";
import { here } from "./here.ts";
import { EarlierMistakes, earlierFiles } from "./render/against.ts";
import { differencesOf } from "./render/differences.ts";
import { diffText } from "./render/diffText.ts";
import { FolderRefused, writeFolder } from "./render/folder.ts";
import { GitError } from "./render/git.ts";
import { cluster, ownPrometheus, renderedFiles, type RenderedFile } from "./render/renderedFiles.ts";
import { mistakeLine } from "./stackFile/mistake.ts";
import { inspectOnDisk } from "./stackFile/onDisk.ts";

interface RenderOptions {
  readonly file: string;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly against: string | undefined;
  readonly "exit-code": boolean;
}

/** `gatebox render`: every file of every host, or what a change of the stack file changes in them. */
export const renderCommand: CommandModule<object, RenderOptions> = {
  command: "render <file>",
  describe: "Write the files of all hosts into a folder, or show what a change does to them",
  builder: (yargs) =>
    yargs
      .positional("file", { describe: "Stack file, Pulumi.STACK.yaml", type: "string", demandOption: true })
      .option("out", { describe: "Write HOST/ASSEMBLY/PATH into this folder", type: "string", requiresArg: true })
      .option("force", { describe: "Write into a folder that has other files", type: "boolean", default: false })
      .option("against", {
        describe: "Print the difference from a git commit, branch or tag, or from a folder that render made",
        type: "string",
        requiresArg: true,
      })
      .option("exit-code", {
        describe: "With --against: end with 1 if anything differs",
        type: "boolean",
        default: false,
      })
      .check(({ out, against }) => {
        if ((out === undefined) === (against === undefined)) throw new UsageError("Give one of --out and --against.");
        return true;
      })
      .example("$0 render Pulumi.mybox.yaml --out rendered", "all files, and kubernetes/NAMESPACE/NAME.yaml")
      .example("$0 render Pulumi.mybox.yaml --against origin/main", "what a pull request changes on every host")
      .epilogue(
        "It needs no Pulumi engine, no hosts, no host keys and no cluster. The TLS private key is never written.",
      ),
  handler: ({ file, ...options }) => finish(render(file, options, here())),
};

/** Renders a stack file by the present code; `here` is where relative paths begin. */
export function render(file: string, options: Omit<RenderOptions, "file">, here: string): Ended {
  const { box, mistakes } = inspectOnDisk(file, here, { asApplied: true });
  const told = mistakes.map((mistake) => `${mistakeLine(mistake)}\n`).join("");
  if (!box) return { status: Status.Mistakes, message: told };
  const files = renderedFiles(box);
  try {
    const { message = "", ...ended } =
      options.against === undefined
        ? written(files, path.resolve(here, options.out ?? "."), options.force)
        : compared(file, files, options.against, options["exit-code"], here);
    return { ...ended, message: told + message };
  } catch (error) {
    const isExpected = [FolderRefused, GitError, EarlierMistakes].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
    return { status: Status.Mistakes, message: `${told}${(error as Error).message.trimEnd()}\n` };
  }
}

function written(files: readonly RenderedFile[], folder: string, force: boolean): Ended {
  writeFolder(folder, files, force);
  const ofHosts = files.filter(({ owner }) => owner !== cluster && owner !== ownPrometheus);
  const hosts = new Set(ofHosts.map(({ owner }) => owner));
  const objects = files.filter(({ owner }) => owner === cluster).length;
  const message = `${ofHosts.length} files of ${hosts.size} hosts and ${objects} objects of the cluster are in ${folder}.\n`;
  return { status: Status.Fine, message };
}

function compared(
  file: string,
  files: readonly RenderedFile[],
  against: string,
  exitCode: boolean,
  here: string,
): Ended {
  const earlier = earlierFiles(file, against, here);
  const differences = differencesOf(earlier.files, files);
  const status = exitCode && differences.length > 0 ? Status.Mistakes : Status.Fine;
  const message = differences.length === 0 ? "Nothing differs on any host.\n" : "";
  return { status, output: diffText(differences), message: `${earlier.remark ?? ""}${message}` };
}
