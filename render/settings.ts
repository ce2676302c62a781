/** What differs between hosts in the scripts that run on them, as a file that the scripts source. */

/**
 * Lines `name='value'`, in the order given. A script reads them with `. "$CURRENT/lifecycle/settings"` (in `check`, before
 * anything is switched, with `. "$TREE/lifecycle/settings"`).
 *
 * @throws Error for a name that is no shell variable, and for a value with a quote or a control character.
 * @example settings({ gateway_interface: "gateway-network" }) // "gateway_interface='gateway-network'\n"
 */
export function settings(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`settings: ${JSON.stringify(name)} is not a variable`);
      // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
      if (/['\u0000-\u001f\u007f]/.test(String(value)))
        throw new Error(`settings: ${name} has ${JSON.stringify(value)}, which cannot stand between quotes`);
      return `${name}='${value}'\n`;
    })
    .join("");
}
