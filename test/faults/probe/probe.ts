/**
 * The prober, a program of its own in the network namespace of a user: `node probe.ts OPTIONS`, with {@link ProbeOptions} as
 * JSON. Prints one line of JSON per request ({@link Answer}) and ends with its standard input.
 */
import type { Answer } from "./answers.ts";
import { now } from "./clock.ts";
import { startFlows } from "./flows.ts";
import { intervalOf, type ProbeOptions } from "./options.ts";
import { atEndOfInput, beFirst, everyTick, lineWriter } from "./promptness.ts";
import { requestOf } from "./requests.ts";

const options = JSON.parse(process.argv[2] ?? "") as ProbeOptions;
const { write, flush } = lineWriter();

function finish(): void {
  const { user, system } = process.cpuUsage();
  write({ cpuMs: (user + system) / 1000 });
  flush();
  process.exit();
}

/** Sends requests on the grid; ends when those under way have ended. */
function startRequests(one: Exclude<ProbeOptions, { kind: "flows" }>): () => void {
  const request = requestOf(one);
  let underWay = 0;
  let ending = false;
  const done = (answer: Answer): void => {
    write(answer);
    underWay -= 1;
    if (ending && underWay === 0) finish();
  };
  const stop = everyTick(intervalOf(one), now, () => {
    underWay += 1;
    request(done);
  });
  return () => {
    stop();
    ending = true;
    if (underWay === 0) finish();
  };
}

beFirst();
if (options.kind === "flows") {
  const stop = startFlows(options, write);
  atEndOfInput(() => {
    stop();
    finish();
  });
} else {
  atEndOfInput(startRequests(options));
}
