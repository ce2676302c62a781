/** The examples, run with mocks: `gatebox` is this checkout's components, without a build. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { knownHostsFor } from "../box/hostKey.ts";
import { protoboxKnownHosts } from "../box/protobox.ts";
import { registrationsOf, type Registration } from "../components/registrations.ts";
import { project as checkout } from "../package/packed.ts";

export const examples = path.join(checkout, "examples");

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "gatebox" ? pathToFileURL(path.join(checkout, "components/index.ts")).href : specifier, context),
});

/** Keys for the hosts of all examples. */
export const knownHosts = protoboxKnownHosts() + knownHostsFor(["nat-1", "nat-2", "web-1", "web-2"]);

/** Lets a suite's programs find these keys, as a person would by `GATEBOX_KNOWN_HOSTS`. */
export function withKnownHosts(): void {
  const variable = "GATEBOX_KNOWN_HOSTS";
  const earlier = process.env[variable];
  let scratch = "";
  before(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "gatebox-examples-"));
    const file = path.join(scratch, "known_hosts");
    writeFileSync(file, knownHosts);
    process.env[variable] = file;
  });
  after(() => {
    rmSync(scratch, { recursive: true, force: true });
    if (earlier === undefined) Reflect.deleteProperty(process.env, variable);
    else process.env[variable] = earlier;
  });
}

/** How many programs this process has run: a module runs once for each name that it is imported by. */
let runs = 0;

/** Runs a program and gives its exports beside what it has registered. */
export async function run(
  file: string,
  stackFile = "config: {}",
  states: Parameters<typeof registrationsOf>[2] = {},
  project = "gatebox",
): Promise<{ readonly found: readonly Registration[]; readonly exported: Readonly<Record<string, unknown>> }> {
  let exported: Readonly<Record<string, unknown>> = {};
  const program = async (): Promise<void> => {
    exported = (await import(`${pathToFileURL(file).href}?run=${runs++}`)) as typeof exported;
  };
  const found = await registrationsOf(stackFile, program, states, project);
  return { found, exported };
}

/** Runs an example, with the stack file that it has for a stack. */
export function runExample(
  name: string,
  stack?: string,
  states?: Parameters<typeof registrationsOf>[2],
): ReturnType<typeof run> {
  const directory = path.join(examples, name);
  const stackFile =
    stack === undefined ? undefined : readFileSync(path.join(directory, `Pulumi.${stack}.yaml`), "utf8");
  return run(path.join(directory, "index.ts"), stackFile, states, name);
}
