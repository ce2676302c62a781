/** What of the tools is secret: who is let in. */
import type { Tools } from "../../box/model.ts";
import { name } from "../scalars.ts";
import type { TreeFile } from "../treeFile.ts";
import { knownCookie, usersFile } from "./names.ts";

/** Where the files of `toolUserFiles` are, which does not depend on the password. */
export const toolUserPlaces = [
  { path: `nginx/${usersFile}`, mode: "0640" },
  { path: "nginx/upstreams/_tools-known.conf", mode: "0600" },
] as const satisfies readonly Omit<TreeFile, "text">[];

/** What follows from the password. The password itself is on no host. */
export interface ToolSecrets {
  /** As crypt(3) writes it. */
  readonly hash: string;
  /** What the cookie of who has logged in holds: lower-case hexadecimal digits. */
  readonly known: string;
}

/** The user whom the web servers let in, which nginx' workers may read, and what says that somebody has logged in before. */
export function toolUserFiles({ username }: Tools, { hash, known }: ToolSecrets): TreeFile[] {
  const [users, knowing] = toolUserPlaces;
  if (!/^[0-9a-f]{32,}$/.test(known)) throw new Error("tools: what a cookie holds is not as it is made");
  return [
    { ...users, text: `${name(username, "username of tools")}:${hash}\n` },
    { ...knowing, text: knownText(known) },
  ];
}

/** `$tools_known`: empty for who shows the cookie, else what it is to hold. */
function knownText(known: string): string {
  return `# Who has logged in to the box's tools before.
map $cookie_${knownCookie} $tools_known {
    default ${known};
    ${known} '';
}
`;
}
