import type { Member } from "../../model.ts";
import type { ToolAuth, ToolName } from "./programs.ts";

/** One tool behind the web servers. */
export interface Tool {
  readonly name: ToolName;
  /** Its path on the web servers, with a slash at both ends. */
  readonly path: string;
  readonly auth: ToolAuth;
  /** The pool whose hosts run it; undefined for the box's own Consul, whose servers are of several. */
  readonly pool?: string | undefined;
  readonly port: number;
  /** Its hosts: the first answers, the others stand in for it. */
  readonly members: readonly Member[];
}

/** Who says who is asking, where it is not the web servers' own list. */
export interface OidcProxy {
  readonly address: string;
  readonly port: number;
  /** Where clients find it on the web servers. */
  readonly path: string;
}

/** The tools of a box. */
export interface Tools {
  /** The user of tools with `auth: password`. */
  readonly username: string;
  readonly oidcProxy?: OidcProxy | undefined;
  /** The network on which web servers look for them. */
  readonly network: string;
  /** In a fixed order, whatever that of the stack file is. */
  readonly list: readonly Tool[];
}
