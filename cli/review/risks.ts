/** What a pipeline may refuse a change for. */
import { ChangeKind } from "./preview.ts";
import { InterruptionKind, isInterruption } from "./interruptions.ts";
import { ReachKind } from "./reachability.ts";
import { isEmpty, type Review } from "./review.ts";

/** Each risk by its name, with what it means for `--help` and the documents. */
export const risks = {
  change: "anything changes at all",
  deletion: "a resource is deleted, or deleted and made anew",
  interruption: "something is restarted or removed that users notice, or a virtual IP moves",
  reload: "a program is reloaded or started again",
  reachability: "something can be reached that could not be before, or from more addresses",
  secret: "a secret becomes another",
  packages: "a host gets a package that it was not asked to have",
  certificate: "a certificate has expired, or expires within 30 days",
  "single-member": "a pool has one member only, and that is changed or left",
  incomplete: "the review does not know all that it should",
} as const;
export type Risk = keyof typeof risks;

const present: Readonly<Record<Risk, (review: Review) => boolean>> = {
  change: (review) => !isEmpty(review),
  deletion: ({ counts }) => counts[ChangeKind.Deleted] + counts[ChangeKind.Replaced] > 0,
  interruption: ({ interruptions }) => interruptions.some(isInterruption),
  reload: ({ interruptions }) =>
    interruptions.some(({ kind }) => kind === InterruptionKind.Reload || kind === InterruptionKind.Restart),
  reachability: ({ reachability }) =>
    reachability.some(({ kind }) => kind === ReachKind.New || kind === ReachKind.Wider),
  secret: ({ hidden }) => hidden.some(({ because }) => because === "secret"),
  packages: ({ packages }) => packages.some(({ added }) => added.length > 0),
  certificate: ({ warnings }) => warnings.some(({ kind }) => kind === "certificate"),
  "single-member": ({ warnings }) => warnings.some(({ kind }) => kind === "single-member"),
  incomplete: ({ warnings }) => warnings.some(({ kind }) => kind === "incomplete"),
};

/** The names of all risks that a change has. */
export function risksOf(review: Review): Risk[] {
  return riskNames.filter((risk) => present[risk](review));
}

/** All names. */
export const riskNames = Object.keys(risks) as Risk[];
