import type { Draft } from "../../draft.ts";
import type { Violation } from "../../violations.ts";
import type { Section } from "../section.ts";
import { duplicateMembers, membersOnNetworks } from "./members.ts";
import { schema } from "./schema.ts";

/** What makes something of hosts. */
const makers = [
  "kubeGateways",
  "webservers",
  "virtualIps",
  "natGateways",
  "hostNetworks",
  "containerRuntime",
  "registry",
  "sharedVolumes",
  "dns",
] as const;

/** A box of nothing would undo all that there is, and nobody writes a stack file for that. */
function* anyConfigured({ written }: Draft): Generator<Violation> {
  if (!written.has("pools") || makers.some((maker) => written.has(maker))) return;
  const message = `have nothing to do: write one of ${makers.join(", ")}; "pulumi destroy" undoes a whole box`;
  yield { path: "pools", message };
}

/** Which hosts do the same work. */
export const pools: Section<"pools", typeof schema> = {
  name: "pools",
  schema,
  entry: "pool",
  rules: [duplicateMembers, membersOnNetworks, anyConfigured],
  resolve: ({ configuration }) =>
    Object.fromEntries(Object.entries(configuration.pools).map(([name, members]) => [name, { name, members }])),
};
