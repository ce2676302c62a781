/**
 * Where kubelets, kube-proxies and the operator's kubectl reach the API: at the first master, or at a load balancer that
 * the stack declares. Controllers and schedulers ask the API server beside them.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writeAtomically, type Lab } from "../state.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { certificateAuthority, type KeyPair } from "./pki.ts";
import { API_NAME, API_PORT, API_VIP, clusterAddress, MASTERS } from "./topology.ts";

const placeSchema = z.object({
  address: z.string(),
  port: z.number().int(),
  /** Who the certificate there is asked for; by default the address. */
  name: z.string().optional(),
});

export type ApiPlace = z.infer<typeof placeSchema>;

/** Where the documents put the load balancer of the masters. */
export const LOAD_BALANCER: ApiPlace = { address: API_VIP, port: 6442, name: API_NAME };

/** Where the API is while nobody balances over the masters. */
export function firstMaster(): ApiPlace {
  const [first] = MASTERS;
  if (!first) {
    throw new Error("the inventory has no master");
  }
  return { address: clusterAddress(first), port: API_PORT };
}

/** How far it has got: while `switching`, some may still ask elsewhere. */
const choiceSchema = placeSchema.extend({ switching: z.boolean().optional() });

/** What was last chosen in a lab; the first master in a new one. */
export async function apiPlaceOf(lab: Lab): Promise<ApiPlace> {
  const { address, port, name } = (await choiceOf(lab)) ?? firstMaster();
  return { address, port, ...(name === undefined ? {} : { name }) };
}

/** Whether a switch to the place that was chosen has not come to its end. */
export async function isSwitching(lab: Lab): Promise<boolean> {
  return (await choiceOf(lab))?.switching ?? false;
}

/** Keeps a choice for the next start of what asks the API. */
export async function chooseApiPlace(
  lab: Lab,
  place: ApiPlace,
  progress: { readonly switching?: boolean } = {},
): Promise<void> {
  await mkdir(join(lab.directory, "cluster"), { recursive: true, mode: 0o700 });
  await writeAtomically(choicePath(lab), `${JSON.stringify({ ...place, ...progress })}\n`);
}

async function choiceOf(lab: Lab): Promise<z.infer<typeof choiceSchema> | undefined> {
  const text = await readFile(choicePath(lab), "utf8").catch(() => undefined);
  return text === undefined ? undefined : choiceSchema.parse(JSON.parse(text));
}

/**
 * The kubeconfig of a client of the lab's API.
 *
 * @param place by default where the lab's clients ask now
 */
export async function kubeconfigFor(lab: Lab, client: KeyPair, place?: ApiPlace): Promise<string> {
  const { address, port, name } = place ?? (await apiPlaceOf(lab));
  const authority = (await certificateAuthority(lab)).certificate;
  return kubeconfig({ server: `https://${address}:${port}`, serverName: name, authority, client });
}

function choicePath(lab: Lab): string {
  return join(lab.directory, "cluster", "api.json");
}
