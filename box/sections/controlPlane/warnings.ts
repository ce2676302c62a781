import type { Draft } from "../../draft.ts";
import { certificatesOf } from "../../certificates.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { mastersOf, placeOf } from "./place.ts";

/** One master stops the cluster when it fails; of an even number one more may not fail than of one fewer. */
export function* numberOfMasters(draft: Draft): Generator<Violation> {
  const masters = mastersOf(draft);
  if (masters === undefined) return;
  const { masters: pool = "", mastersPath: path } = placeOf(draft);
  const [only = ""] = masters;
  if (masters.length === 1)
    yield { path, message: `"${pool}" has one master, ${only}: when it fails the cluster stops; three outlast one` };
  else if (masters.length > 2 && masters.length % 2 === 0) {
    const spare = masters.length / 2 - 1;
    const message =
      `"${pool}" has ${masters.length} masters, an even number: ${masters.length - 1} outlast as many failures ` +
      `(${spare}) with fewer to fail; take one out, or add one`;
    yield { path, message };
  }
}

const days = 86_400_000;

/** A CA that ends within a month: its successor has to be on all hosts before that. */
export function* endingCa(draft: Draft): Generator<Violation> {
  const now = Date.now();
  for (const { validTo } of certificatesOf(draft.controlPlaneCa ?? "")) {
    const left = Math.floor((Date.parse(validTo) - now) / days);
    if (left > 30) continue;
    const message = `a certificate of the cluster's CA ends on ${validTo}, in ${left} days: renew it, and write both here meanwhile`;
    yield { path: pathOf("controlPlane", "ca"), message };
  }
}
