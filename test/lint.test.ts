import assert from "node:assert/strict";
import { Linter } from "eslint";

const file: string = new URL("../eslint.config.js", import.meta.url).href;
const { default: configuration } = (await import(file)) as { default: readonly Linter.Config[] };
const rule = configuration.find(({ rules }) => rules?.["no-restricted-syntax"] !== undefined)?.rules?.[
  "no-restricted-syntax"
];

const refused = (text: string): number =>
  new Linter().verify(text, [{ rules: { "no-restricted-syntax": rule ?? "off" } }]).length;

describe("the linter's rule about shell in TypeScript", () => {
  for (const lines of [
    ["const script = `#!/bin/sh", "echo hello", "`;"],
    ['const script = "#!/bin/sh\\necho hello\\n";'],
    ["const script = `cd /tmp || fail 'no'", "rm -f x", "`;"],
    ["run(`mkdir /x", "  systemctl restart x.service`);"],
  ]) {
    const text = lines.join("\n");
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(refused(text), 1));
  }

  for (const text of [
    'assert.match(text, "#!/bin/sh\\n");',
    'run("systemctl restart x.service");',
    "const unit = `[Service]\nExecStart=/usr/sbin/nginx\n`;",
  ])
    it(`lets ${JSON.stringify(text)} pass`, () => assert.equal(refused(text), 0));
});
