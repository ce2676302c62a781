/** The shortest password that may be given: Grafana itself takes four. */
const fewest = 12;

/** What is wrong with a password where there is nobody to give it to. */
export const noGrafana = "is set, and the box runs no Grafana: remove it, or write grafana";

/** Grafana hashes no more than this. */
const most = 128;

/**
 * What is wrong with a password for Grafana's user `admin`; undefined where nothing is. It never quotes the password.
 *
 * @example grafanaPasswordFault("hunter2") // "is shorter than 12 characters: …"
 */
export function grafanaPasswordFault(password: string): string | undefined {
  const characters = Array.from(password).length;
  if (characters < fewest) return `is shorter than ${fewest} characters: set a longer one, or none, and one is made`;
  if (characters > most) return `is longer than ${most} characters: set a shorter one`;
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (/[\u0000-\u001f\u007f]/.test(password)) return "holds control characters, a line end perhaps: set one without";
  if (/%\(|\$(?:__\w+)?\{/.test(password))
    return "holds %( or ${, which Grafana takes for the name of another setting: set one without";
  if (password !== password.trim())
    return "begins or ends with a blank, which a file of it would lose: set one without";
  return undefined;
}
