/** One look at a box: every host is asked at once, over one connection each. */
import type { Box, Connection, Host } from "../../box/model.ts";
import type { Keys } from "../ssh/keys.ts";
import { visitAll, type Question, type Visit } from "../ssh/visit.ts";
import { firstLine } from "../verify/answer.ts";
import { declarationsOf, type HostDeclaration } from "../verify/declaration.ts";
import { boxDrift, type HostDrift } from "../verify/drift.ts";
import { verifyLimits } from "../verify/limits.ts";
import { questionFor, verifyCommand } from "../verify/question.ts";
import { servingQuestion, servingScript, statusQuestion } from "./question.ts";
import { boxStatus, type BoxStatus } from "./status.ts";

/** How a box is looked at. */
export interface Look {
  readonly keys: Keys;
  /** Milliseconds for each host. */
  readonly limit: number;
  /** The Pulumi project of the box' stack, where hosts are to be compared with what is declared, which takes seconds. */
  readonly driftOf?: string | undefined;
}

interface Asked {
  readonly host: Host;
  readonly connection: Connection;
  readonly declaration: HostDeclaration | undefined;
}

/** Looks at a box. */
export async function look(box: Box, { keys, limit, driftOf }: Look): Promise<BoxStatus> {
  const declarations = driftOf === undefined ? undefined : declarationsOf(box, driftOf);
  const asked = Object.values(box.hosts).flatMap((host): Asked[] => {
    const { connection, name } = host;
    return connection === undefined ? [] : [{ host, connection, declaration: declarations?.get(name) }];
  });
  const serving = asked.map(({ host }) => servingScript(box, host));
  const questions: readonly Question[] = [
    { ...servingQuestion, script: (index) => serving[index] ?? "" },
    ...(declarations === undefined ? [] : [driftQuestion(asked)]),
  ];
  const visits = await visitAll(
    asked.map(({ connection }) => connection),
    {
      keys,
      ...statusQuestion,
      further: questions,
      ...(declarations === undefined ? { limit } : { limit: verifyLimits.visit, atOnce: verifyLimits.atOnce }),
    },
  );
  const drifts = declarations === undefined ? [] : driftsOf(box, asked, visits);
  const visited = asked.map((one, index) => ({ ...one, visit: visits[index] ?? {}, drift: drifts[index] }));
  return boxStatus(box, visited, Date.now());
}

function driftQuestion(asked: readonly Asked[]): Question {
  return {
    command: verifyCommand,
    script: (index) => questionFor(asked[index]?.declaration?.lines ?? []),
    mark: firstLine,
  };
}

/** What `gatebox verify` would find, host by host; virtual IPs are looked at by all. */
function driftsOf(box: Box, asked: readonly Asked[], visits: readonly Visit[]): readonly (HostDrift | undefined)[] {
  const compared = asked.flatMap(({ declaration, ...one }, index) => {
    const { stopped, further } = visits[index] ?? {};
    const answer = further?.[1];
    const visit = { ...(stopped && { stopped }), ...(answer && { answer }) };
    return declaration === undefined ? [] : [{ ...one, declaration, visit }];
  });
  const found = new Map(boxDrift(box, compared).hosts.map((one) => [one.host, one]));
  return asked.map(({ host }) => found.get(host.name));
}
