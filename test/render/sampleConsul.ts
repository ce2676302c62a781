/** The Protobox with Consul on its NAT gateways and its supervisor, and agents on all else of the box network. */
import type { Box } from "../../box/index.ts";
import { hashicorp } from "../box/aptKeys.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";

/** What the stack file says. */
export const consulSection = { repository: "hashicorp", network: "box-network" };

/** @param changes of the section. */
export function consulBox(changes: object = {}, more: Changes = {}): Box {
  return parseProtobox({ aptRepositories: { hashicorp }, consul: { ...consulSection, ...changes }, ...more });
}
