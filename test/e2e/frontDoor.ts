/** The box's front door, asked by a client on the public network. */
import { exec } from "../../lab/hosts/exec.ts";
import { world } from "./world.ts";

/** The virtual IP of the web servers. */
const EDGE = "192.168.0.33";

/** What a request through the virtual IP was answered with. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Seconds. */
  readonly took: number;
}

/** Asks for a path, with a log-in, USER:PASSWORD, or none, and perhaps a further header. Neither stands in a list of processes. */
export async function askFrontDoor(path: string, logIn: string | undefined, header?: string): Promise<Answer> {
  const { lab } = await world();
  const input = [logIn === undefined ? "" : `user = "${logIn}"\n`, header === undefined ? "" : `header = "${header}"\n`].join(""); // prettier-ignore
  const script = `curl -sk -m 10 -K - -w '\\n%{http_code} %{time_total}' --resolve 'protobox.test:443:${EDGE}' 'https://protobox.test${path}'`;
  const { stdout } = await exec(lab, "client", script, { timeoutSeconds: 15, input });
  const cut = stdout.lastIndexOf("\n");
  const [status = "", took = ""] = stdout.slice(cut + 1).split(" ");
  return { status: Number(status), body: stdout.slice(0, Math.max(cut, 0)), took: Number(took) };
}
