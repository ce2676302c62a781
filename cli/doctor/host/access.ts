import type { Connection, Host } from "../../../box/model.ts";
import { bounded } from "../../../box/printable.ts";
import { fine, warning, wrong, type Finding } from "../finding.ts";
import { fingerprintOf, type ShownKey } from "../../ssh/hostKey.ts";
import { Stage, type Stopped } from "../../ssh/stopped.ts";
import type { Visit } from "../../ssh/visit.ts";

/** How far the way to a host has led: connection, banner, host key, log-in. */
export function accessFindings(host: Host, connection: Connection, { shown, stopped, answer }: Visit): Finding[] {
  const key = shown ? [fine("host key", `host key ${fingerprintOf(shown.text)}`)] : [];
  const login = answer ? [fine("log-in", "log-in")] : [];
  return [...key, ...login, ...(stopped ? [stopFinding(host, connection, stopped)] : [])];
}

function stopFinding(host: Host, connection: Connection, { stage, problem, shown, withoutAgent }: Stopped): Finding {
  const { address, port, user } = connection;
  const at = `${address}:${port}`;
  const said = bounded(problem);
  if (withoutAgent) return untried(stage === Stage.Bastion ? `at the bastion: ${said}` : said);
  switch (stage) {
    case Stage.Bastion:
      return wrong(
        stage,
        `its bastion ${bastionOf(connection)} cannot be entered: ${said}`,
        "see to it first: each host behind it waits for it",
      );
    case Stage.Connection:
      return wrong(
        stage,
        `no SSH at ${at}: ${said}`,
        `is it on, and is this its address? Look: nc -vz ${address} ${port}`,
      );
    case Stage.Banner:
      return wrong(stage, `at ${at} ${said}`, "look at sshd on the host's console: systemctl status ssh");
    case Stage.HostKey:
      return shown
        ? keyFinding(host, connection, shown, said)
        : wrong(stage, said, "compare the key on the host's console");
    case Stage.LogIn:
      return wrong(stage, `${user} is refused with the agent's keys: ${said}`, loginHint(user, address, port));
    case Stage.Answer:
      return wrong(
        stage,
        `logged in as ${user}, and ${said}`,
        `look what takes it so long: ssh -p ${port} ${user}@${address} true`,
      );
  }
}

function bastionOf({ bastion }: Connection): string {
  return bastion === undefined ? "" : `${bastion.user}@${bastion.address}:${bastion.port}`;
}

/** Said once for the agent, which is what is wrong; of each host only that less was looked at. */
function untried(problem: string): Finding {
  const hint = "see the SSH agent above; all else about this host comes after the log-in";
  return warning(Stage.LogIn, `${problem} (there is no SSH agent with a key)`, hint);
}

function loginHint(user: string, address: string, port: number): string {
  return `put a key that "ssh-add -L" lists into ~${user}/.ssh/authorized_keys of the host, or correct connection.user; look: ssh -vp ${port} ${user}@${address} true`;
}

const onConsole = "on the host's console: ssh-keygen -lf /etc/ssh/ssh_host_TYPE_key.pub";

/** A key that is not declared, or is another than that, or that the server could not prove. */
function keyFinding(host: Host, { address, port, hostKey }: Connection, shown: ShownKey, problem: string): Finding {
  const found = `${bounded(shown.type)} ${fingerprintOf(shown.text)}`;
  const console = onConsole.replace("TYPE", shown.type.includes("ecdsa") ? "ecdsa" : shown.type.replace(/^ssh-/, ""));
  if (hostKey === undefined) {
    const name = port === 22 ? address : `[${address}]:${port}`;
    const line = shown.text.length > 500 ? "its line" : `"${name} ${shown.text}"`;
    const hint = `compare it ${console}; only if it is the same, write ${line} into the known_hosts file`;
    return wrong("host key", `none is declared for ${host.name}, and it shows ${found}`, hint);
  }
  if (shown.text === hostKey) return wrong("host key", problem, `compare it ${console}`);
  const expected = `${hostKey.split(" ")[0] ?? ""} ${fingerprintOf(hostKey)}`;
  const hint = `another machine may have this address, or pose as it: compare ${console}; only if the host was installed anew, correct its line in the known_hosts file or its hostKey`;
  return wrong("host key", `has changed: expected ${expected}, found ${found}`, hint);
}
