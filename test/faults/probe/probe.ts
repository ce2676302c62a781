/**
 * The prober, a program of its own in the network namespace of a user: `node probe.ts LAB OPTIONS`, with {@link ProbeOptions}
 * as JSON. Prints one line of JSON per request ({@link Answer}) and ends with its standard input.
 */
import { labNamed } from "../../../lab/state.ts";
import type { Answer } from "./answers.ts";
import { now } from "./clock.ts";
import { startFiles } from "./files.ts";
import { startFlows } from "./flows.ts";
import { intervalOf, type LongProbe, type ProbeOptions, type RequestProbe } from "./options.ts";
import { atEndOfInput, beFirst, everyTick, lineWriter } from "./promptness.ts";
import { requestOf } from "./requests.ts";
import { startWatch } from "./watch.ts";

const [labName = "", words = ""] = process.argv.slice(2);
const lab = labNamed(labName);
const options = JSON.parse(words) as ProbeOptions;
const { write, flush } = lineWriter();

function finish(): void {
  const { user, system } = process.cpuUsage();
  write({ cpuMs: (user + system) / 1000 });
  flush();
  process.exit();
}

/** Sends requests on the grid; ends when those under way have ended. */
function startRequests(one: RequestProbe): () => void {
  const request = requestOf(one, lab);
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

/** Starts what goes on until it is ended. */
function startLong(one: LongProbe): () => void {
  switch (one.kind) {
    case "flows":
      return startFlows(one, write);
    case "watch":
      return startWatch(lab, one, write);
    case "files":
      return startFiles(lab, one, write);
  }
}

function isLong(one: ProbeOptions): one is LongProbe {
  return one.kind === "flows" || one.kind === "watch" || one.kind === "files";
}

beFirst();
if (isLong(options)) {
  const stop = startLong(options);
  atEndOfInput(() => {
    stop();
    finish();
  });
} else {
  atEndOfInput(startRequests(options));
}
