/** What the lab takes from the stack that is applied to it: where its own programs are to ask from now on. */
import { parse } from "yaml";
import * as z from "zod";
import { firstMaster, LOAD_BALANCER, switchApi, type ApiPlace } from "./cluster/index.ts";
import type { RunResult } from "./run.ts";
import type { Lab } from "./state.ts";

const declaredSchema = z.object({
  "gatebox:virtualIps": z.record(z.string(), z.object({ address: z.string() })).optional(),
  "gatebox:controlPlane": z
    .object({
      virtualIp: z.string(),
      port: z.number().optional(),
      serverNames: z.array(z.string()).optional(),
    })
    .optional(),
});

/**
 * Where the API is for whoever reads the stack file: at its load balancer, if it declares one.
 *
 * @param stackFile the file's text; one that is not sound declares none, and is refused by `up`
 */
export function declaredApiPlace(stackFile: string): ApiPlace {
  const { config = {} } = (parse(stackFile) ?? {}) as { config?: unknown };
  const { data } = declaredSchema.safeParse(config);
  const balancer = data?.["gatebox:controlPlane"];
  const address = balancer === undefined ? undefined : data?.["gatebox:virtualIps"]?.[balancer.virtualIp]?.address;
  if (balancer === undefined || address === undefined) return firstMaster();
  const [name] = balancer.serverNames ?? [];
  return { address, port: balancer.port ?? LOAD_BALANCER.port, ...(name === undefined ? {} : { name }) };
}

/**
 * Applies a stack to a lab, and has the lab's kubelets and kubectl follow: they ask at the load balancer once it is there, and
 * at the first master before it goes.
 *
 * @param stackFile the stack file's text; without one (`pulumi destroy`), nothing is declared
 * @param apply applies the stack; they follow only where it succeeds (status 0)
 */
export async function applyFollowed<T extends Pick<RunResult, "code">>(
  lab: Lab,
  stackFile: string | undefined,
  apply: () => Promise<T>,
): Promise<T> {
  const place = stackFile === undefined ? firstMaster() : declaredApiPlace(stackFile);
  const goesBack = place.address === firstMaster().address;
  if (goesBack) await switchApi(lab, place);
  const result = await apply();
  if (!goesBack && result.code === 0) await switchApi(lab, place);
  return result;
}
