/** One rendering in a process of its own, as a program does it: nothing is compiled yet. Prints its times as JSON. */
import { project, stackFile } from "../../lab/stack.ts";
import { payload } from "../../host/payload.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import { boxOf, valuesOf, withRoutes } from "./manyRoutes.ts";

/** What `renderOnce.ts` prints: milliseconds, and the size of the text. */
export interface Rendering {
  readonly parse: number;
  readonly render: number;
  readonly payload: number;
  readonly secondHost: number;
  readonly bytes: number;
}

const values = valuesOf(withRoutes(await stackFile(project, "protobox"), "routes", Number(process.argv[2])));

const begun = performance.now();
const box = boxOf(values);
const parsed = performance.now();
const files = gatewayFiles(box, box.hosts["gateway-1"]!);
const rendered = performance.now();
const text = payload({ assembly: "gateway", unit: "protobox.pool", files });
const written = performance.now();
gatewayFiles(box, box.hosts["gateway-2"]!);
const rendering: Rendering = {
  parse: parsed - begun,
  render: rendered - parsed,
  payload: written - rendered,
  secondHost: performance.now() - written,
  bytes: text.length,
};
console.log(JSON.stringify(rendering));
