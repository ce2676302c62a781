/** `up`s that are killed while they tell GlusterFS something, and the next one. */
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Box } from "../../../box/index.ts";
import { brickDirectory, type GlusterServers } from "./glusterServers.ts";

/** When a step dies, seen from a change that it tells GlusterFS: see `killing-gluster.sh`. */
export type Moment = "before" | "after" | "marked" | number;

/**
 * Kills one attempt after the other, each at the next change that it makes, until there is none left to be killed at. Returns the
 * changes that they were killed at, in GlusterFS' words: "volume create files …".
 */
export function cutShort(servers: GlusterServers, box: Box, moments: readonly Moment[]): readonly string[] {
  const directory = mkdtempSync(path.join(servers.directory, "killing-"));
  const program = path.join(directory, "gluster");
  copyFileSync(path.join(import.meta.dirname, "killing-gluster.sh"), program);
  chmodSync(program, 0o755);
  const killedAt: string[] = [];
  let again = false;
  for (const moment of moments) {
    // Where two were killed at one change, the next one gets over it.
    again = !again && killedAt.length > 1 && killedAt.at(-1) === killedAt.at(-2);
    rmSync(`${program}.killed-at`, { force: true });
    writeFileSync(`${program}.when`, `${again ? 1 : 0} ${moment} ${brickDirectory}\n`);
    assert.deepEqual(servers.step("check", box), { code: 0, said: "" }, `check after ${killedAt.at(-1)}`);
    const { code, said } = servers.step("activate", box, { programs: `${directory}:$PATH` });
    servers.answers("gateway-1");
    if (!existsSync(`${program}.killed-at`)) {
      assert.deepEqual({ code, said }, { code: 0, said: "" }, `after ${killedAt.at(-1)}`);
      break;
    }
    assert.deepEqual({ code, said }, { code: -1, said: "" });
    killedAt.push(
      readFileSync(`${program}.killed-at`, "utf8")
        .trim()
        .replace(/^(?:--\S+ )+/, ""),
    );
  }
  return killedAt;
}
