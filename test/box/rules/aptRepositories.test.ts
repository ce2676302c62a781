import assert from "node:assert/strict";
import fc from "fast-check";
import { openPgpKeyFault, openPgpKeys } from "../../../box/openPgp.ts";
import { armored, hashicorp, publicKey } from "../aptKeys.ts";
import { parseProtobox } from "../parsing.ts";
import { describeViolations } from "../violations.ts";

const withKey = (key: unknown) => ({ aptRepositories: { hashicorp: { ...hashicorp, key } } });
const cut =
  'the text is an OpenPGP key that was cut or changed on its way: write all of it, as "gpg --armor --export" does';

describeViolations("apt repositories", [
  {
    breaks: "no key",
    changes: { aptRepositories: { hashicorp: { url: hashicorp.url, suite: "bookworm", components: ["main"] } } },
    says: ["aptRepositories.hashicorp.key: is missing: write a text"],
  },
  {
    breaks: "a key that cannot be read",
    changes: withKey("keys/hashicorp.asc"),
    says: ['aptRepositories.hashicorp.key: "keys/hashicorp.asc" cannot be read: its path is relative to the project'],
  },
  {
    breaks: "a private key, in a file or armored as a public one",
    files: { "key.asc": armored("PRIVATE", [[5, 80]]) },
    changes: {
      aptRepositories: {
        one: { ...hashicorp, key: "key.asc" },
        two: { ...hashicorp, suite: "trixie", key: armored("PUBLIC", [[6, 51], [7, 60]]) }, // prettier-ignore
      },
    },
    says: [
      'aptRepositories.one.key: "key.asc" holds a private key, which signs packages in its owner\'s name: write the public one (gpg --armor --export), and treat this one as lost',
      "aptRepositories.two.key: the text holds a private key, which signs packages in its owner's name: write the public one (gpg --armor --export), and treat this one as lost",
    ],
  },
  {
    breaks: "a certificate in place of a key",
    files: { "ca.pem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
    changes: withKey("ca.pem"),
    says: [
      'aptRepositories.hashicorp.key: "ca.pem" holds no OpenPGP public key in ASCII armor (-----BEGIN PGP PUBLIC KEY BLOCK-----): write what "gpg --armor --export" does',
    ],
  },
  {
    breaks: "a key that was cut",
    changes: withKey(publicKey.replace(/\n.*\n(?=-----END)/, "\n")),
    says: [
      `aptRepositories.hashicorp.key: the text is armored as an OpenPGP public key, and holds none: write what "gpg --armor --export" does`,
    ],
  },
  {
    breaks: "Base64 that is no path, and is not quoted",
    changes: withKey("mQINBF60TuYBEADLS1MP7XrMlRkn1Y54dBKcIYeYLvPhRHaZ5eGOGTBbjvOGZEmWNXHcjJ8wXXXXXXXXXXXX"),
    says: [
      'aptRepositories.hashicorp.key: is neither the path of a file nor an OpenPGP key in ASCII armor: write that, "-----BEGIN PGP PUBLIC KEY BLOCK-----" first, its lines as they are',
    ],
  },
  {
    breaks: "URLs without a scheme, of another one, and with a password",
    changes: {
      aptRepositories: {
        one: { ...hashicorp, url: "apt.example.org" },
        two: { ...hashicorp, url: "ftp://apt.example.org" },
        three: { ...hashicorp, url: "https://box:hunter2@apt.example.org/" },
      },
    },
    says: [
      'aptRepositories.one.url: "apt.example.org" has no scheme: write https://apt.example.org/debian',
      'aptRepositories.two.url: "ftp://apt.example.org" is not a URL such as https://apt.example.org/debian',
      "aptRepositories.three.url: holds a user name or a password, which would stand in plain in the state and on the hosts: write the URL without",
    ],
  },
  {
    breaks: "components that the suite has not, or has",
    changes: {
      aptRepositories: {
        flat: { ...hashicorp, suite: "./" },
        deep: { url: hashicorp.url, suite: "bookworm", key: publicKey },
      },
    },
    says: [
      'aptRepositories.flat.components: a repository without components has the suite "./": leave them out, or write a suite without a slash at its end',
      'aptRepositories.deep.components: is missing: the suite "bookworm" has components, [main] for example',
    ],
  },
  {
    breaks: "one source under two names, and what is no suite, component or name",
    changes: {
      aptRepositories: {
        one: hashicorp,
        two: { ...hashicorp, url: `${hashicorp.url}/` },
        Three: { ...hashicorp, suite: "book worm", components: ["ma in"] },
      },
    },
    says: [
      'aptRepositories.Three.suite: "book worm" is not a suite such as `bookworm`, nor a directory such as `./` with a slash at its end',
      'aptRepositories.Three.components[0]: "ma in" is not a component such as `main`',
      'aptRepositories.Three: "Three" is not a name: write lower-case letters, digits and "-", a letter first, no "-" at the end, at most 63 in all',
      "aptRepositories.two: is one once more: write one of them, with all components",
    ],
  },
]);

describe("an apt repository", () => {
  it("that no program names is told", () => {
    assert.deepEqual(
      parseProtobox({ aptRepositories: { hashicorp } }).warnings.filter((one) => one.startsWith("aptRepositories")),
      [
        "aptRepositories.hashicorp: no program takes packages from it, so no host gets it: name it where it is meant, or leave it out",
      ],
    );
  });

  it("has its key in one block without comments, whatever it was given in, and its URL without a slash at its end", () => {
    const key = `${publicKey}\n${armored("PUBLIC", [[6, 40]])}`;
    const { hashicorp: known } = parseProtobox({ aptRepositories: { hashicorp: { ...hashicorp, url: `${hashicorp.url}/`, key } } }).aptRepositories; // prettier-ignore
    assert.equal(known!.url, hashicorp.url);
    assert.equal(known!.key.match(/BEGIN/g)?.length, 1);
    assert.doesNotMatch(known!.key, /Comment/);
    assert.equal(openPgpKeyFault(known!.key, "it"), undefined);
  });
});

describe("OpenPGP keys", () => {
  const bytes = fc.integer({ min: 1, max: 3000 });

  it("are taken whatever their length, and are the same after they were put in one block", () => {
    fc.assert(
      fc.property(bytes, fc.array(bytes, { maxLength: 4 }), (first, more) => {
        const text = armored("PUBLIC", [[6, first], ...more.map((length) => [14, length] as const)]);
        assert.equal(openPgpKeyFault(text, "it"), undefined);
        assert.equal(openPgpKeys(openPgpKeys(text)), openPgpKeys(text));
      }),
      { numRuns: 50 },
    );
  });

  it("with a changed character are refused where they have a checksum", () => {
    const whole = openPgpKeys(publicKey);
    const lines = whole.split("\n");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 63 }), fc.constantFrom("A", "B", "z", "9"), (at, character) => {
        const line = lines[3] ?? "";
        if (line[at] === character) return;
        const changed = whole.replace(line, line.slice(0, at) + character + line.slice(at + 1));
        assert.equal(openPgpKeyFault(changed, "the text"), cut);
      }),
      { numRuns: 50 },
    );
  });

  it("are refused with a secret packet anywhere, and never quoted", () => {
    fc.assert(
      fc.property(fc.constantFrom(5, 7), bytes, (tag, length) => {
        const fault = openPgpKeyFault(armored("PUBLIC", [[6, 51], [tag, length]]), "it") ?? ""; // prettier-ignore
        assert.match(fault, /^it holds a private key/);
      }),
      { numRuns: 30 },
    );
  });

  it("are none in any other text", () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => assert.ok(openPgpKeyFault(text, "it"))));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        const body = Buffer.from([0x3f, ...noise]).toString("base64");
        const text = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${body}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
        assert.ok(openPgpKeyFault(text, "it"));
      }),
    );
  });
});
