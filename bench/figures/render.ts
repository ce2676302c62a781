import path from "node:path";
import { runChecked } from "../../lab/run.ts";
import type { Figure } from "../figure.ts";
import { median } from "../sample.ts";
import type { Rendering } from "../scale/renderOnce.ts";

const ROUNDS = 9;
const ROUTES = 1000;

async function renderOnce(routes: number): Promise<Rendering> {
  const file = path.join(import.meta.dirname, "../scale/renderOnce.ts");
  const { stdout } = await runChecked("render", process.execPath, [file, String(routes)], { timeoutSeconds: 60 });
  return JSON.parse(stdout) as Rendering;
}

export const render: Figure = {
  name: "render",
  title: "Rendering 1,000 routes with 5,000 backends",
  how: `From the values of the stack file to the text that goes to one gateway, each of ${ROUNDS} times in a new process: nothing is compiled yet, as in a program's only run. The requirement is about rendering; reading the configuration (every rule checked) and the other hosts stand beside it.`,
  onLab: false,
  measure: async (_, say) => {
    const large: Rendering[] = [];
    const small: Rendering[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      large.push(await renderOnce(ROUTES));
      small.push(await renderOnce(0));
      say(`round ${round} of ${ROUNDS}`);
    }
    const ms = (of: (one: Rendering) => number): number => median(large.map(of));
    const whole = ({ render: files, payload }: Rendering): number => files + payload;
    return [
      { what: "rendered, and written as the text for one gateway", value: ms(whole), unit: "ms", target: "500 ms" },
      { what: "of that: HAProxy's and the border's files", value: ms((one) => one.render), unit: "ms" },
      { what: "of that: the text that carries them", value: ms((one) => one.payload), unit: "ms" },
      { what: "each further gateway", value: ms((one) => one.secondHost), unit: "ms" },
      { what: "before it: configuration read and checked", value: ms((one) => one.parse), unit: "ms" },
      {
        what: "rendered, beside the Protobox as it is",
        value: median(large.map(whole)) / median(small.map(whole)),
        unit: "x",
      },
      { what: "the text", value: ms((one) => one.bytes) / 2 ** 20, unit: "MiB" },
    ];
  },
};
