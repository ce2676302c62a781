/** What a host serves while something is done to it: what it has in force, and how requests fare meanwhile. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../lab/hosts/exec.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import type { Lab } from "../../lab/state.ts";
import { GATEWAYS, onHost, runOnHost, statusFrom, withoutCluster } from "./world.ts";

/** From where each host is asked for Kibana, which both route tables of the Protobox have. */
const REQUESTS = {
  "webserver-1": { from: "client", url: "https://192.168.0.30/kibana/" },
  "webserver-2": { from: "client", url: "https://192.168.0.32/kibana/" },
  "gateway-1": { from: "webserver-1", url: "http://192.168.2.11:30163/kibana/" },
  "gateway-2": { from: "webserver-1", url: "http://192.168.2.12:30163/kibana/" },
  "gateway-3": { from: "webserver-1", url: "http://192.168.2.13:30163/kibana/" },
} as const;

/** A host that serves. */
export type Server = keyof typeof REQUESTS;

/** Every file of a host's assemblies with its sum, and the rules of its border. */
export async function inForce(lab: Lab, host: string): Promise<string> {
  const files = "find . -path ./.units -prune -o -type f -print | sort | xargs sha256sum";
  const sums = await onHost(lab, host, `for tree in /etc/gatebox/*; do (cd "$tree" && ${files}); done`);
  return `${sums}\n${await runOnHost(lab, host, "own-rules.sh", ["gatebox_border"])}`;
}

/** Waits until a host serves: HAProxy takes a server back after some checks, 2 s apart. Half a minute is for a host that has just booted. */
export async function serves(lab: Lab, server: Server): Promise<void> {
  const { from, url } = REQUESTS[server];
  let status = 0;
  for (let attempt = 0; attempt < 60 && status !== 200; attempt += 1) {
    if (attempt > 0) await sleep(500);
    status = await statusFrom(lab, from, url);
  }
  assert.equal(status, 200, `${server} does not serve ${url} to ${from}`);
}

/**
 * Asks a host without pause while something is done.
 *
 * @throws AssertionError when it does not serve before, or when any request meanwhile was not answered with 200
 */
export async function servesWhile<T>(lab: Lab, server: Server, action: () => Promise<T>): Promise<T> {
  const { from, url } = REQUESTS[server];
  await serves(lab, server);
  const flag = `/run/gatebox-asking-${server}`;
  const ask = `curl -sk -o /dev/null -m 5 -w '%{http_code}\\n' '${url}'`;
  await onHost(lab, from, `touch ${flag}`);
  // Longer than any action; it ends with the flag.
  const asking = exec(lab, from, `while [ -e ${flag} ]; do ${ask}; sleep 0.05; done`, { timeoutSeconds: 300 });
  try {
    return await action();
  } finally {
    await onHost(lab, from, `rm -f ${flag}`);
    const statuses = (await asking).stdout.trim().split("\n");
    const failed = statuses.filter((status) => status !== "200");
    assert.deepEqual(failed, [], `${failed.length} of ${statuses.length} requests to ${server} failed`);
    assert.ok(statuses.length > 5, `${server} was asked ${statuses.length} times only`);
  }
}

const STAND_IN = "gatebox-test-kibana";

/** Without a cluster: something on each gateway's box network that answers in place of Kibana's NodePort. */
export async function startKibana(lab: Lab): Promise<void> {
  if (!withoutCluster) return;
  const answer = scriptFile(import.meta.dirname, "kibana-stand-in.sh");
  for (const gateway of GATEWAYS) {
    const { "box-network": address } = hostNamed(gateway).addresses;
    await runOnHost(lab, gateway, "start-listener.sh", [STAND_IN, address ?? "", "30163"], answer);
  }
}

/** Ends what {@link startKibana} has started. */
export async function stopKibana(lab: Lab): Promise<void> {
  if (!withoutCluster) return;
  for (const gateway of GATEWAYS) await onHost(lab, gateway, `systemctl stop ${STAND_IN}; rm -f /run/${STAND_IN}`);
}
