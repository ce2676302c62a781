/** The API servers of a lab of three masters: which of them is asked, and whether all of them are ready. */
import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../../lab/hosts/exec.ts";
import { hostNamed } from "../../../lab/inventory.ts";
import { scriptFile } from "../../../lab/scriptFile.ts";
import type { Lab } from "../../../lab/state.ts";
import { dropIncoming, dropNothing, onHost } from "../breaking.ts";
import { KUBE, type Scene } from "../scene.ts";

/** Seconds until an API server that was started answers: ten on a quiet machine, and etcd before it. */
export const READY_SECONDS = 90;

function addressOf(master: string): string {
  return hostNamed(master).addresses[KUBE.network] ?? "";
}

/** Sessions that the load balancer of a host has given each API server since it runs. */
async function sessions(lab: Lab, balancer: string): Promise<ReadonlyMap<string, number>> {
  const metrics = await onHost(lab, balancer, `curl -sf -m 5 http://${addressOf(balancer)}:8406/metrics`);
  const lines = metrics.matchAll(/^haproxy_server_sessions_total\{proxy="kube-api",server="([^"]+)"\} (\d+)/gm);
  return new Map([...lines].map(([, master = "", count]) => [master, Number(count)]));
}

/** The API server that the prober's requests go to: the one that the holder's load balancer gives most of them. */
export async function asked({ lab, holder }: Pick<Scene, "lab" | "holder">): Promise<string> {
  const before = await sessions(lab, holder);
  await sleep(1000);
  const after = await sessions(lab, holder);
  const given = [...after].map(([master, count]) => [master, count - (before.get(master) ?? 0)] as const);
  const [most, count] = given.sort(([, a], [, b]) => b - a)[0] ?? ["", 0];
  if (count === 0) throw new Error(`the load balancer of ${holder} has given no API server a session for a second`);
  return most;
}

/** Waits until every API server is ready again: another fault would take the last one away. */
export async function allReady({ lab }: Pick<Scene, "lab">): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  for (const master of KUBE.hosts) {
    const ask = `curl -skf -m 3 -o /dev/null https://${addressOf(master)}:6443/readyz`;
    while ((await exec(lab, master, ask, { timeoutSeconds: 10 })).code !== 0) {
      if (Date.now() > deadline) throw new Error(`the API server of ${master} is not ready after ${READY_SECONDS} s`);
      await sleep(250);
    }
  }
}

/** Has etcd led by another host than this one. */
export async function leaderAway(lab: Lab, master: string): Promise<void> {
  const file = "etcd-leader-away.sh";
  await onHost(lab, master, scriptFile(import.meta.dirname, file), [], file);
}

/**
 * Keeps a master and the others from reaching each other; everybody else reaches them all.
 *
 * @param but what goes on between them, an expression of nft(8) that matches all else
 */
export async function cutOff(lab: Lab, master: string, but = ""): Promise<void> {
  const others = KUBE.hosts.filter((host) => host !== master);
  await dropIncoming(lab, master, `ip saddr { ${others.map(addressOf).join(", ")} } ${but}`);
  for (const other of others) await dropIncoming(lab, other, `ip saddr ${addressOf(master)} ${but}`);
}

/** Ends {@link cutOff}. */
export async function joined(lab: Lab): Promise<void> {
  await Promise.all(KUBE.hosts.map((host) => dropNothing(lab, host)));
}
