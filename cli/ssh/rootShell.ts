/**
 * What a login shell starts for a script that arrives by standard input and is root's: as `up` does it, with sudo where the user
 * is another.
 *
 * @param seconds after which it is ended on the host itself
 */
export function rootShell(seconds: number): string {
  const asRoot = `if [ "$(id -u)" = 0 ]; then exec sh -s; else exec sudo -n sh -s; fi`;
  return `timeout -k 1 ${seconds} sh -c '${asRoot}'`;
}
