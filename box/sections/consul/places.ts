import { isOn, membersOf, type Draft } from "../../draft.ts";

/** The pool that a supervisor is looked for in, as the documents call it. */
const supervisors = "supervisors-pool";

/**
 * The hosts that have a server, each once: those that are named, else the NAT gateways of Consul's network (web servers, which
 * are the NAT gateways of another, are not on it) and the first supervisor.
 */
export function serversOf(draft: Draft): readonly string[] {
  if (!draft.written.has("consul")) return [];
  const { servers, network } = draft.consul;
  const named = [
    ...(servers?.pools ?? []).flatMap((pool) => membersOf(draft, pool)),
    ...(servers?.hosts ?? []).filter((host) => host !== undefined && draft.hosts.has(host)),
  ];
  const usual = [
    ...draft.natGateways.flatMap(({ pool }) => membersOf(draft, pool)).filter((host) => isOn(draft, host, network)),
    ...membersOf(draft, supervisors).slice(0, 1),
  ];
  return [...new Set((servers === undefined ? usual : named) as string[])];
}
