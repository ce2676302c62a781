/** An `up` that is killed at any moment: the next one ends what it began, and users notice nothing. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { servesWhile, startKibana, stopKibana } from "./serving.ts";
import { verified } from "./verifying.ts";
import { baseConfiguration, edited, restore, up, withoutCluster, world } from "./world.ts";

/** How many moments are tried: with the box of the whole run two, by hand as many as somebody waits for. */
const moments = Number(process.env["GATEBOX_KILLS"] ?? 2);

/** As a user has it: the engine writes the state before and after each resource. */
const withCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "" };

/** The Protobox with a service more, and another check of a route that it has: created, changed, and in the cluster. */
const changed = (): Promise<string> =>
  edited((config) => {
    const app = { port: 30177, namespace: "argocd", targetPort: 8080 };
    config.setIn(["config", "gatebox:apps", "killed"], config.createNode(app));
    config.setIn(["config", "gatebox:services", "killed"], config.createNode({ app: "killed" }));
    config.setIn(["config", "gatebox:services", "argocd", "check", "intervalMs"], 1500);
  });

/** Ends all processes that have a word in their environment: an engine's plugins and program are no children of whoever calls it. */
async function killAllWith(mark: string): Promise<number> {
  const ids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  let killed = 0;
  for (const id of ids) {
    const environment = await readFile(`/proc/${id}/environ`, "utf8").catch(() => "");
    if (environment.includes(mark) && kill(id)) killed += 1;
  }
  return killed;
}

/** Whether there was still somebody to kill: a plugin ends by itself when its engine has. */
function kill(id: number): boolean {
  try {
    return process.kill(id, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

(withoutCluster ? describe.skip : describe)("an `up` that is killed", function () {
  this.timeout(1_200_000);
  let seconds: number;

  before(async () => {
    const { lab, stack } = await world();
    await restore(await world());
    await startKibana(lab);
    await stack.configure(await changed());
    const begun = Date.now();
    await up(stack, [], { env: withCheckpoints });
    seconds = (Date.now() - begun) / 1000;
  });
  after(async () => {
    await restore(await world());
    await stopKibana((await world()).lab);
  });

  const within = fc.sample(fc.noBias(fc.integer({ min: 0, max: 999 })), moments).map((one) => one / 1000);
  for (const [index, jitter] of within.entries())
    it(`is ended by the next one: moment ${index + 1} of ${moments}, ${jitter.toFixed(2)}`, async () => {
      const { lab, stack } = await world();
      const wanted = await (index % 2 === 0 ? baseConfiguration() : changed());
      await stack.configure(wanted);
      const killed = await servesWhile(lab, "webserver-1", async () => {
        const at = ((index + jitter) / moments) * seconds;
        const count = await killedAfter(at);
        // As the engine says: what an engine that is gone has locked, nobody else opens.
        await stack.pulumi(["cancel", "--yes"]);
        await up(stack, [], { env: withCheckpoints });
        return `${count} processes after ${at.toFixed(1)} of ${seconds.toFixed(1)} s`;
      });
      console.log(`      killed: ${killed}`);
      assert.match(await up(stack), /^ {4}\d+ unchanged$/m);
      const { code, output } = await verified(wanted);
      assert.equal(code, 0, output);
    });

  /** Begins an `up`, kills all of it, and says how many processes that were. */
  async function killedAfter(at: number): Promise<number> {
    const { stack } = await world();
    const mark = randomUUID();
    const running = stack.pulumi(["up", "--yes", "--skip-preview", "--suppress-outputs"], {
      env: { ...withCheckpoints, GATEBOX_TEST_MARK: mark },
    });
    const over = running.then(() => true);
    await sleep(at * 1000);
    // Until all of it is gone: at the very beginning, what it starts is not there yet.
    let count = 0;
    for (let isOver = false; !isOver; isOver = await Promise.race([over, sleep(20, false)])) {
      count += await killAllWith(mark);
    }
    return count;
  }
});
