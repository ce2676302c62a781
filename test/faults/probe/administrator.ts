/** Who asks the API of the lab's cluster as the operator does. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Lab } from "../../../lab/state.ts";

const kubeconfigSchema = z.object({
  users: z.tuple([
    z.object({ user: z.object({ "client-certificate-data": z.string(), "client-key-data": z.string() }) }),
  ]),
});

/** Certificate and key of the cluster's administrator, PEM, from the kubeconfig of the operator's workstation. */
export function administratorOf(lab: Lab): { readonly cert: Buffer; readonly key: Buffer } {
  const [{ user }] = kubeconfigSchema.parse(JSON.parse(readFileSync(lab.operator.kubeconfig, "utf8"))).users;
  const [cert, key] = [user["client-certificate-data"], user["client-key-data"]].map((text) =>
    Buffer.from(text, "base64"),
  );
  if (cert === undefined || key === undefined) throw new Error(`${lab.operator.kubeconfig} has no certificate`);
  return { cert, key };
}
