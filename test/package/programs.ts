/** A program of another project, in the forms that users of Pulumi begin with. */

/** What `pulumi new` leaves beside the program, by file. */
export type Project = Readonly<Record<string, string>>;

const program = `
import * as pulumi from "@pulumi/pulumi";
import { boxFromStack, type Box, type BoxDeclaration, ExposedService, NatGateway } from "gatebox";

const site: BoxDeclaration = {
  networks: { "box-network": "192.168.1.0/24", "site-network": "10.20.0.0/24" },
  connection: { network: "box-network" },
  hosts: {
    "nat-1": {
      addresses: { "box-network": "192.168.1.2", "site-network": "10.20.0.2" },
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGx3nbbkz3ObQQDfR24Q1kI1uxhEtV7bIKbeWQlfr7dL",
    },
  },
  pools: {},
};
const address = "10.20.0.2";
const nat = new NatGateway("egress", { ...site, input: "box-network", output: "site-network", snatAddress: address });
export const addresses: pulumi.Output<Readonly<Record<string, string>>> = nat.snatAddresses;

export async function wiki(): Promise<pulumi.Output<string>> {
  const box: Box = await boxFromStack("organization/gatebox/protobox");
  return new ExposedService("wiki", { box, app: { port: 30170, namespace: pulumi.output("wiki") } }).url;
}
`;

/** The same in JavaScript, for projects without a compiler. */
const plain = program.replaceAll(
  /import type .*\n|, type \w+|: (?:BoxDeclaration|Box|Promise<.*>(?= \{)|pulumi\.Output<.*>(?= =))/g,
  "",
);

const required = plain
  .replaceAll(/import \* as (\w+) from (".*");/g, "const $1 = require($2);")
  .replaceAll(/import (\{.*\}) from (".*");/g, "const $1 = require($2);")
  .replaceAll(/export const (\w+)/g, "const $1 = exports.$1")
  .replaceAll(/export async function (\w+)/g, "exports.$1 = async function $1");

const json = (value: object): string => JSON.stringify(value, undefined, 2);

/** What the compiler options of all years have in common. */
const shared = {
  strict: true,
  outDir: "bin",
  sourceMap: true,
  experimentalDecorators: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};

function template(name: string, compilerOptions: object): Project {
  return {
    "Pulumi.yaml": `name: ${name}\nruntime: nodejs\n`,
    "package.json": json({ name, main: "index.ts" }),
    "tsconfig.json": json({ compilerOptions: { ...shared, ...compilerOptions }, files: ["index.ts"] }),
    "index.ts": program,
  };
}

function withoutCompiler(name: string, type: "commonjs" | "module", text: string): Project {
  return {
    "Pulumi.yaml": `name: ${name}\nruntime: { name: nodejs, options: { typescript: false } }\n`,
    "package.json": json({ name, type, main: "index.js" }),
    "index.js": text,
  };
}

/** `pulumi new typescript` of last year. */
export const lastYear = template("last-year", { target: "es2016", module: "commonjs", moduleResolution: "node" });

/** `pulumi new typescript` of this year. */
export const thisYear = template("this-year", {
  target: "es2022",
  module: "nodenext",
  moduleResolution: "nodenext",
  types: ["node"],
});

/** Plain JavaScript that imports. */
export const importing = withoutCompiler("importing", "module", plain);

/** Plain JavaScript that requires. */
export const requiring = withoutCompiler("requiring", "commonjs", required);
