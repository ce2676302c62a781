/** The tools of a box, asked through its front door as an operator would, and as anybody else would. */
import { readBox } from "../box/index.ts";
import { exec } from "./hosts/exec.ts";
import type { LabStack } from "./stack.ts";
import type { Lab } from "./state.ts";
import { WEBSERVERS } from "./webservers.ts";

/** Where the tools of a stack are, and the log-in that its web servers ask for. */
export interface StackTools {
  readonly urls: Readonly<Record<string, string>>;
  /** `USER:PASSWORD`; undefined where every tool asks by itself. */
  readonly logIn: string | undefined;
}

/** What two requests for a tool found. */
export interface SeenTool {
  readonly tool: string;
  readonly url: string;
  readonly webserver: string;
  /** HTTP status for who shows nothing, and for who logs in; 0 when there was no answer. */
  readonly stranger: number;
  readonly operator: number;
}

/** Seconds for one request: the second host of a tool answers within two. */
const REQUEST_SECONDS = 10;

/** The outputs of a stack, by their names; secret ones too. */
export async function stackOutputs(stack: LabStack): Promise<Readonly<Record<string, unknown>>> {
  const answer = await stack.pulumi(["stack", "output", "--json", "--show-secrets"], { timeoutSeconds: 60 });
  if (answer.code !== 0) throw new Error(`stack ${stack.name} has no outputs:\n${answer.stderr}`);
  return JSON.parse(answer.stdout) as Record<string, unknown>;
}

/** The names of the tools among a stack's `urls`. */
export function toolsAmong({ box }: Readonly<Record<string, unknown>>): readonly string[] {
  return box === undefined ? [] : (readBox(box).tools?.list ?? []).map(({ name }) => name);
}

/** The tools that a stack leads to; none for one that makes no box, or a box without. */
export async function stackTools(stack: LabStack): Promise<StackTools> {
  const outputs = await stackOutputs(stack);
  const { urls = {}, toolsUsername, toolsPassword } = outputs as { readonly urls?: Record<string, string>; readonly toolsUsername?: string; readonly toolsPassword?: string }; // prettier-ignore
  const own = toolsAmong(outputs).map((name) => [name, urls[name] ?? ""] as const);
  const logIn = toolsPassword === undefined ? undefined : `${toolsUsername ?? ""}:${toolsPassword}`;
  return { urls: Object.fromEntries(own), logIn };
}

/** Asks for every tool through every web server, with and without the log-in. */
export async function lookAtTools(lab: Lab, { urls, logIn }: StackTools): Promise<readonly SeenTool[]> {
  const seen: SeenTool[] = [];
  for (const [tool, url] of Object.entries(urls)) {
    for (const webserver of Object.keys(WEBSERVERS)) {
      const stranger = await statusOf(lab, url, webserver, undefined);
      const operator = logIn === undefined ? stranger : await statusOf(lab, url, webserver, logIn);
      seen.push({ tool, url, webserver, stranger, operator });
    }
  }
  return seen;
}

/** Whether each of them answers an operator, and either asks strangers for a log-in or has one of its own. */
export function toolsServe(seen: readonly SeenTool[]): boolean {
  const answers = (status: number): boolean => status >= 200 && status < 400;
  return seen.every(({ stranger, operator }) => answers(operator) && (stranger === 401 || answers(stranger)));
}

/** A log-in goes in by the standard input: arguments stand in the list of processes. */
async function statusOf(lab: Lab, url: string, webserver: string, logIn: string | undefined): Promise<number> {
  const { hostname } = new URL(url);
  const resolve = `${hostname}:443:${WEBSERVERS[webserver] ?? webserver}`;
  const script = `curl -sk -m ${REQUEST_SECONDS} -K - -o /dev/null -w '%{http_code}' --resolve '${resolve}' '${url}'`;
  const input = logIn === undefined ? "" : `user = "${logIn.replace(/["\\]/g, "\\$&")}"\n`;
  const { stdout } = await exec(lab, "client", script, { timeoutSeconds: REQUEST_SECONDS + 5, input });
  return Number(stdout.trim());
}
