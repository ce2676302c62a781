/** Names that the files of the tools on the web servers share. */
import type { ToolName } from "../../box/model.ts";

/** The users, relative to nginx.conf. Workers read it at each request, so another password needs no reload. */
export const usersFile = "tools/users";

/** Where nginx asks the OIDC proxy who it is; no client can. */
export const signedInLocation = "/-/tools/signed-in";

/**
 * Who has never logged in here, by an address: a password may be tried once a second, sixty at once. Who has logged in has a cookie
 * that says so (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"), so operators behind the address of an attacker go on,
 * and a page of a hundred requests is no hundred tries.
 */
export const strangerLimit = "zone=gatebox_tools_strangers burst=60 nodelay";

/** Log-ins of tools that ask for a password themselves, by an address: one in two seconds, sixty at once. */
export const logInLimit = "zone=gatebox_tools_log_ins burst=60 nodelay";

/** The cookie of who has logged in at the web servers. It lets nobody in: it only lifts the limit. */
export const knownCookie = "gatebox_tools";

/**
 * The variable that holds that cookie for who is let in at a place of a tool; it is empty for who has it already.
 *
 * @param place which of the tool's places: a path may be longer than the name of a variable
 */
export function cookieVariable(tool: ToolName, place: number): string {
  return `$tools_cookie_${tool}${place === 0 ? "" : `_${place}`}`;
}
