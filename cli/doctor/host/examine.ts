import type { Box, Connection, Host } from "../../../box/model.ts";
import { bounded } from "../../../box/printable.ts";
import { warning, wrong, type Finding, type Group } from "../finding.ts";
import type { Answer } from "../../ssh/ask.ts";
import type { Visit } from "../../ssh/visit.ts";
import { accessFindings } from "./access.ts";
import { clockFinding } from "./clock.ts";
import { parseFacts } from "./facts.ts";
import { interfaceFindings } from "./interfaces.ts";
import {
  distributionFinding,
  initFinding,
  nftablesFinding,
  programFindings,
  rootFinding,
  spaceFindings,
} from "./system.ts";

/** Everything that a visit tells about a host. */
export function hostGroup(box: Box, host: Host, connection: Connection, visit: Visit): Group {
  const { user, address, port, bastion } = connection;
  const via = bastion === undefined ? "" : ` through ${bastion.user}@${bastion.address}:${bastion.port}`;
  const told = visit.answer ? answerFindings(box, host, connection, visit.answer) : [];
  const findings = [...accessFindings(host, connection, visit), ...told];
  return { subject: host.name, at: `${user}@${address}:${port}${via}`, findings };
}

function answerFindings(box: Box, host: Host, { user, address }: Connection, answer: Answer): readonly Finding[] {
  const facts = parseFacts(answer.text);
  const look = `look: ssh ${user}@${address} sh -c true`;
  if (facts === undefined) {
    const said = bounded((answer.text + answer.errors).trim());
    const message = `logged in as ${user}, and its shell runs no script${said === "" ? "" : `, but says "${said}"`}`;
    return [wrong("answer", message, `${look}; the user needs a shell, and no forced command`)];
  }
  const { clock, root } = facts;
  const { sent, heard } = answer;
  const cut = wrong("answer", "is cut off: the host did not tell all of itself in time", `${look}, and at its load`);
  return [
    ...(root === undefined ? [] : [rootFinding(root, user)]),
    ...(facts.os.size === 0 && !facts.whole ? [] : [distributionFinding(facts)]),
    ...(facts.init === undefined && !facts.whole ? [] : [initFinding(facts)]),
    ...programFindings(facts),
    clock === undefined || heard === undefined
      ? warning("clock", "could not be told", look.replace("sh -c true", "date +%s.%N"))
      : clockFinding({ sent: sent / 1000, received: heard / 1000, host: clock }),
    ...interfaceFindings(box, host, facts),
    ...spaceFindings(facts),
    ...nftablesFinding(facts),
    ...(facts.whole ? [] : [cut]),
  ];
}
