import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CommandModule } from "yargs";
import { finish, Status, UsageError, type Ended } from "./ended.ts";
import { here } from "./here.ts";
import { htmlOf } from "./review/html.ts";
import { jsonOf } from "./review/json.ts";
import { markdownOf } from "./review/markdown.ts";
import { parsePreview, PreviewRefused } from "./review/preview.ts";
import { reviewOf, type Review } from "./review/review.ts";
import { riskNames, risks, risksOf, type Risk } from "./review/risks.ts";
import { textOf } from "./stackFile/onDisk.ts";

const formats = ["markdown", "html", "json"] as const;
type Format = (typeof formats)[number];
const defaultFormat: Format = "markdown";

interface ReviewOptions {
  readonly preview: string;
  readonly format: Format;
  readonly markdown: string | undefined;
  readonly html: string | undefined;
  readonly json: string | undefined;
  readonly "max-length": number;
  /** Names of risks, separated by commas. */
  readonly "fail-on": string;
}

/** Bytes: GitHub takes 65,536 letters of a comment, and a recipe may add a line. */
const commentLength = 60_000;

/** `gatebox review`: what a change does, on one page, before it happens. */
export const reviewCommand: CommandModule<object, ReviewOptions> = {
  command: "review",
  describe: "Show on one page what a preview would do: files, order, interruptions, who can reach what",
  builder: (yargs) =>
    yargs
      .option("preview", {
        describe: "Output of `pulumi preview --json --show-sames`; - is standard input",
        type: "string",
        requiresArg: true,
        default: "-",
      })
      .option("format", { describe: "What standard output gets", choices: formats, default: defaultFormat })
      .option("markdown", { describe: "Write Markdown into this file", type: "string", requiresArg: true })
      .option("html", { describe: "Write one self-contained HTML file", type: "string", requiresArg: true })
      .option("json", { describe: "Write JSON into this file", type: "string", requiresArg: true })
      .option("max-length", {
        describe: "Most bytes of the Markdown; diffs beyond are named only",
        type: "number",
        requiresArg: true,
        default: commentLength,
      })
      .option("fail-on", {
        describe: "End with 3 if the change has one of these risks, separated by commas",
        type: "string",
        requiresArg: true,
        default: "",
      })
      .check(({ "fail-on": names }) => {
        risksNamed(names);
        return true;
      })
      .example("pulumi preview --json --show-sames | $0 review", "a comment for the pull request")
      .example(
        "$0 review --preview preview.json --html review.html --fail-on interruption,reachability",
        "for a pipeline",
      )
      .epilogue(
        `It needs no host, no SSH and no cluster. No secret is in what it writes. Status 3 says that a risk of --fail-on is there:\n${riskNames.map((risk) => `  ${risk}: ${risks[risk]}\n`).join("")}`,
      ),
  handler: (options) => finish(review(options, here(), Date.now())),
};

/** Risks by their names; "" is none. */
function risksNamed(text: string): readonly Risk[] {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== ""); // prettier-ignore
  const unknown = names.find((name) => !Object.hasOwn(risks, name));
  if (unknown !== undefined)
    throw new UsageError(`--fail-on ${unknown}: there is no such risk; choose of ${riskNames.join(", ")}`);
  return names as Risk[];
}

/** Reviews a preview; `here` is where relative paths begin, `now` milliseconds since 1970. */
export function review(options: ReviewOptions, here: string, now: number): Ended {
  const place = (file: string): string => path.resolve(here, file);
  try {
    const text = options.preview === "-" ? readFileSync(0, "utf8") : readFileSync(place(options.preview), "utf8");
    const found = reviewOf(parsePreview(text), { now, readFile: (file) => textOf(place(file)) });
    const write: Readonly<Record<Format, (review: Review) => string>> = {
      markdown: (one) => markdownOf(one, options["max-length"]),
      html: htmlOf,
      json: jsonOf,
    };
    for (const format of formats) {
      const file = options[format];
      if (file !== undefined) writeFileSync(place(file), write[format](found));
    }
    const asked = risksOf(found).filter((risk) => risksNamed(options["fail-on"]).includes(risk));
    const message = asked.map((risk) => `--fail-on ${risk}: ${risks[risk]}\n`).join("");
    return { status: asked.length > 0 ? Status.Risk : Status.Fine, output: write[options.format](found), message };
  } catch (error) {
    const isOfFiles = error instanceof Error && "code" in error && "path" in error;
    if (!isOfFiles && !(error instanceof PreviewRefused)) throw error;
    return { status: Status.Mistakes, message: `gatebox review: ${error.message}\n` };
  }
}
