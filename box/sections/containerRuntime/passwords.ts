import { registryPasswords } from "../../stackConfiguration.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** What says whether a registry wants a password. */
interface WithUser {
  readonly username?: string | undefined;
}

/**
 * A user and a password belong together.
 *
 * @param registries of the section
 * @param own the name of the box's own registry, which has a password in any case
 * @param given the names of the registries whose passwords the stack has; the passwords themselves are not looked at
 */
export function passwordFaults(
  registries: Readonly<Record<string, WithUser | undefined>>,
  given: readonly string[],
  own?: string,
): Violation[] {
  const withUser = Object.entries(registries).filter(([, registry]) => registry?.username !== undefined);
  const names = withUser.map(([name]) => name);
  const missing = names.filter((name) => name !== own && !given.includes(name)).map((name) => ({
    path: pathOf("containerRuntime", "registries", name, "username"),
    message: `has no password: "pulumi config set --secret --path 'gatebox:${registryPasswords}["${name}"]'"`,
  })); // prettier-ignore
  const idle = given.filter((name) => name !== own && !names.includes(name)).map((name) => ({
    path: pathOf(registryPasswords, name),
    message: `is for a registry without a user: write ${pathOf("containerRuntime", "registries", name, "username")}, or take it out`,
  })); // prettier-ignore
  return [...missing, ...idle];
}
