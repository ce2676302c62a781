/** Leading everything in a running lab that asks the API to another place. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { LabHost } from "../inventory.ts";
import { readRecord, writeAtomically, type Lab } from "../state.ts";
import { apiPlaceOf, chooseApiPlace, isSwitching, kubeconfigFor, type ApiPlace } from "./apiPlace.ts";
import { applyServices } from "./hostServices.ts";
import { kubelet } from "./kubelet.ts";
import { kubeProxy, nodePortAddressesOf } from "./kubeProxy.ts";
import { certificate, type KeyPair } from "./pki.ts";
import { kubectl } from "./programs.ts";
import { waitForNodes } from "./ready.ts";
import { NODES } from "./topology.ts";

/** Seconds until the API answers at a new place: a load balancer has checked its masters within two. */
const ANSWER_SECONDS = 30;

/** The operator is the cluster's administrator. */
export function administrator(lab: Lab): Promise<KeyPair> {
  return certificate(lab, "admin", { commonName: "operator", organization: "system:masters" });
}

/** Writes the kubeconfig of the operator's workstation, for the place where the lab's clients ask. */
export async function writeOperatorAccess(lab: Lab): Promise<void> {
  await writeAtomically(lab.operator.kubeconfig, await kubeconfigFor(lab, await administrator(lab)), 0o600);
}

/**
 * Leads kubelets, kube-proxies and the operator to another place, once the API answers there; those that ask there already
 * are left alone. Pods go on running while their kubelet is restarted. A switch that was cut short, whatever the
 * reason, is taken up again by the next.
 *
 * @throws when the API does not answer there; nobody is led there then
 * @example
 * await switchApi(lab, LOAD_BALANCER);
 */
export async function switchApi(lab: Lab, place: ApiPlace): Promise<void> {
  const chosen = isDeepStrictEqual(await apiPlaceOf(lab), place);
  if (chosen && !(await isSwitching(lab))) return;
  if (!chosen) await assertAnswers(lab, place);
  await chooseApiPlace(lab, place, { switching: true });
  await writeOperatorAccess(lab);
  const { hosts = [] } = (await readRecord(lab)) ?? {};
  const addresses = await nodePortAddressesOf(lab);
  const nodes = NODES.filter((node) => hosts.includes(node.name));
  const switchOver = async (node: LabHost): Promise<unknown> =>
    applyServices(lab, node.name, [await kubelet(lab, node), await kubeProxy(lab, node, addresses)]);
  await Promise.all(nodes.map(switchOver));
  await waitForNodes(lab, nodes);
  await chooseApiPlace(lab, place);
}

async function assertAnswers(lab: Lab, place: ApiPlace): Promise<void> {
  const file = join(lab.operator.directory, "kubeconfig.trial");
  await writeAtomically(file, await kubeconfigFor(lab, await administrator(lab), place), 0o600);
  try {
    const ask = [`--kubeconfig=${file}`, "get", "--raw=/readyz", "--request-timeout=5s"];
    const deadline = Date.now() + ANSWER_SECONDS * 1000;
    for (;;) {
      const { code, stderr } = await kubectl(lab, ask, { timeoutSeconds: 15 });
      if (code === 0) return;
      // Whoever answers by another name does so in a minute too.
      if (/x509:/.test(stderr) || Date.now() > deadline) {
        const where = `${place.address}:${place.port}`;
        throw new Error(`the Kubernetes API does not answer at ${where}, so nobody is led there: ${stderr.trim()}`);
      }
      await sleep(500);
    }
  } finally {
    await rm(file, { force: true });
  }
}
