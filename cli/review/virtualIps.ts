/** Who should hold which virtual IP before and after: what the components say of themselves in a preview. */
import type { Preview, State } from "./preview.ts";

/** A virtual IP, and who has it while all is well. */
export interface VirtualIpHolders {
  readonly name: string;
  readonly address: string;
  readonly before?: string;
  readonly after?: string;
}

/** All virtual IPs of a stack. */
export function virtualIpsOf({ changes }: Preview): VirtualIpHolders[] {
  const found = new Map<string, VirtualIpHolders>();
  for (const change of changes)
    for (const side of ["before", "after"] as const)
      for (const { name, address, holder } of vipsOf(change[side]))
        found.set(name, { ...found.get(name), name, address, ...(holder === undefined ? {} : { [side]: holder }) });
  return [...found.values()];
}

function vipsOf(state: State | undefined): { name: string; address: string; holder: string | undefined }[] {
  if (state?.type !== "gatebox:index:VirtualIps") return [];
  const vips = (state.inputs["virtualIps"] ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(vips).map(([name, { address, priorities }]) => {
    const weights = Object.entries((priorities ?? {}) as Record<string, number>);
    const [holder] = weights.sort(([, one], [, other]) => other - one)[0] ?? [];
    return { name, address: String(address), holder };
  });
}
