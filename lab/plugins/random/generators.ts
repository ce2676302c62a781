/** The kinds of random values. Defaults and character sets are those of the vendor's documentation. */
import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Generator } from "./randomResource.ts";

/** Values that have no use but to make a new random value when they change. */
const keepers = z.record(z.string(), z.string()).optional();

const count = z.int().min(0).default(0);
const characters = z
  .strictObject({
    keepers,
    length: z.int().min(1),
    lower: z.boolean().default(true),
    upper: z.boolean().default(true),
    numeric: z.boolean().optional(),
    /** The old name of `numeric`. */
    number: z.boolean().optional(),
    special: z.boolean().default(true),
    minLower: count,
    minUpper: count,
    minNumeric: count,
    minSpecial: count,
    overrideSpecial: z.string().optional(),
  })
  .refine((given) => given.length >= given.minLower + given.minUpper + given.minNumeric + given.minSpecial, {
    path: ["length"],
    error: "must be at least minLower + minUpper + minNumeric + minSpecial",
  })
  .refine((given) => given.lower || given.upper || given.special || (given.numeric ?? given.number ?? true), {
    path: ["lower"],
    error: "one of lower, upper, numeric and special must be true",
  });
type Characters = z.output<typeof characters>;

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

const pick = (alphabet: string, length: number): string[] =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));

/** Fisher-Yates with the system's random numbers. */
function shuffled(letters: string[]): string[] {
  for (let i = letters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [letters[i], letters[j]] = [letters[j] ?? "", letters[i] ?? ""];
  }
  return letters;
}

function randomText(given: Characters): { text: string; numeric: boolean } {
  const numeric = given.numeric ?? given.number ?? true;
  const special = given.overrideSpecial || SPECIAL;
  const required = [
    ...pick(LOWER, given.minLower),
    ...pick(LOWER.toUpperCase(), given.minUpper),
    ...pick(DIGITS, given.minNumeric),
    ...pick(special, given.minSpecial),
  ];
  const alphabet =
    (given.lower ? LOWER : "") +
    (given.upper ? LOWER.toUpperCase() : "") +
    (numeric ? DIGITS : "") +
    (given.special ? special : "");
  return { text: shuffled([...required, ...pick(alphabet, given.length - required.length)]).join(""), numeric };
}

/** The inputs that have defaults, as the vendor's plugin keeps them in the state. */
function charactersState(given: Characters, numeric: boolean) {
  const { lower, upper, special, minLower, minUpper, minNumeric, minSpecial } = given;
  return { lower, upper, special, minLower, minUpper, minNumeric, minSpecial, numeric, number: numeric };
}

/**
 * `RandomPassword`. The output `bcryptHash` is left out: it would take a further library, and nothing here reads it.
 */
export const randomPassword: Generator<Characters> = {
  inputs: characters,
  outputs: { result: "secret" },
  generate(given) {
    const { text, numeric } = randomText(given);
    return { id: "none", outputs: { ...charactersState(given, numeric), result: text } };
  },
};

/** `RandomString`: like a password, but not secret. */
export const randomString: Generator<Characters> = {
  inputs: characters,
  outputs: { result: "plain" },
  generate(given) {
    const { text, numeric } = randomText(given);
    return { id: text, outputs: { ...charactersState(given, numeric), result: text } };
  },
};

/** `RandomId`: bytes in four notations, each with the prefix; the id has none. */
export const randomId: Generator<{ byteLength: number; prefix?: string | undefined }> = {
  inputs: z.strictObject({ keepers, byteLength: z.int().min(1), prefix: z.string().optional() }),
  outputs: { b64Std: "plain", b64Url: "plain", dec: "plain", hex: "plain" },
  generate({ byteLength, prefix = "" }) {
    const bytes = randomBytes(byteLength);
    const hex = bytes.toString("hex");
    const id = bytes.toString("base64url");
    return {
      id,
      outputs: {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + id,
        dec: prefix + BigInt(`0x${hex}`).toString(),
        hex: prefix + hex,
      },
    };
  },
};

/** Numbers up to this can be drawn without a bias: the limit of `crypto.randomInt`. */
const RANGE_LIMIT = 2 ** 48 - 1;

const range = z
  .strictObject({ keepers, min: z.int(), max: z.int(), seed: z.string().optional() })
  .refine(({ min, max }) => min <= max && max - min < RANGE_LIMIT, {
    path: ["max"],
    error: `must be at least min, and less than min + ${RANGE_LIMIT}`,
  });

/**
 * `RandomInteger`, both bounds included. The same seed gives the same number, but not the one that the vendor's plugin
 * gives for it.
 */
export const randomInteger: Generator<z.output<typeof range>> = {
  inputs: range,
  outputs: { result: "plain" },
  generate({ min, max, seed }) {
    const size = max - min + 1;
    const drawn =
      seed === undefined ? randomInt(size) : createHash("sha256").update(seed).digest().readUIntBE(0, 6) % size;
    return { id: String(min + drawn), outputs: { result: min + drawn } };
  },
};

/** `RandomUuid`: a UUID of version 4. */
export const randomUuid: Generator<object> = {
  inputs: z.strictObject({ keepers }),
  outputs: { result: "plain" },
  generate() {
    const result = randomUUID();
    return { id: result, outputs: { result } };
  },
};
