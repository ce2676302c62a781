import type { Configuration } from "../../configuration.ts";
import type { Draft } from "../../draft.ts";
import type { ControlPlane } from "../../model.ts";

/** The load balancer of a sound configuration, the masters' addresses found. */
export function resolveControlPlane(
  { controlPlaneCa }: Draft,
  { controlPlane, virtualIps, pools, hosts }: Configuration,
): ControlPlane | undefined {
  if (controlPlane === undefined) return undefined;
  const { virtualIp, masters: named, ...rest } = controlPlane;
  const vip = virtualIps[virtualIp];
  if (vip === undefined || controlPlaneCa === undefined)
    throw new Error("the VIP of the API or the cluster's CA was not resolved; a rule is missing");
  const { pool, network, address } = vip;
  const masters = (pools[named ?? pool] ?? []).map((name) => {
    const own = hosts[name]?.addresses[network];
    if (own === undefined) throw new Error(`master ${name} was not resolved; a rule is missing`);
    return { name, address: own, port: rest.apiPort };
  });
  return { ...rest, virtualIp, pool, network, address, masters, ca: controlPlaneCa };
}
