import assert from "node:assert/strict";
import { boxUnits, type BoxUnit } from "../../../render/boxUnits.ts";
import { htmlOf } from "../../../cli/review/html.ts";
import { jsonOf } from "../../../cli/review/json.ts";
import { markdownOf } from "../../../cli/review/markdown.ts";
import { parsePreview } from "../../../cli/review/preview.ts";
import { reviewOf } from "../../../cli/review/review.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { now, previewText, unit, type Sample, type Texts } from "./previews.ts";

const count = 1000;
const each = <T>(make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** The units of a box with so many services. */
function unitsOf(balance: string): Map<string, BoxUnit> {
  const box = parseProtobox({
    ...Object.fromEntries(each((index) => [`apps.s${index}`, { port: 31_000 + index, namespace: "s" }])),
    ...Object.fromEntries(each((index) => [`services.s${index}`, { app: `s${index}`, balance, web: { websocket: balance === "leastconn" } }])),
  }); // prettier-ignore
  return new Map(boxUnits(box, "gatebox").map((one) => [`${one.host} ${one.assembly} ${one.unit}`, one]));
}

const texts = ({ files }: BoxUnit): Texts =>
  Object.fromEntries(files.map(({ path, text, mode }) => [path, [text, mode]]));

describe("a review of a change to 1,000 routes", () => {
  let preview: string;
  before(() => {
    const [before, after] = [unitsOf("roundrobin"), unitsOf("leastconn")];
    const units = [...after].flatMap(([name, one]) =>
      unit(one.host, { assembly: one.assembly, unit: one.unit, before: texts(before.get(name)!), after: texts(one) }),
    );
    const service = (port: number): Record<string, unknown> => ({ spec: { ports: [port] } });
    const objects = each((index): Sample => ({ name: `object-${index}`, type: "kubernetes:core/v1:Service", before: service(1), after: service(2) })); // prettier-ignore
    preview = previewText([...units, ...objects]);
  });

  it("takes less than 10 s of a processor, all three forms, and has each of them", () => {
    const start = process.cpuUsage();
    const review = reviewOf(parsePreview(preview), { now });
    const forms = [markdownOf(review, 60_000), htmlOf(review), jsonOf(review)];
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1e6 < 10, `${(user + system) / 1e6} s`);
    assert.equal(review.files.length, 2 * count);
    assert.ok(forms.slice(1).every((text) => text.includes(`/etc/gatebox/gateway/haproxy/routes/${31_000 + count - 1}.cfg`))); // prettier-ignore
  }).timeout(120_000);
});
