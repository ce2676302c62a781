// Writes types out in the compiled declarations that are derived from schemas, for `npm run build`: who uses the package
// reads what a section is, with its descriptions, and their compiler needs no declarations of the schema library.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, URL } from "node:url";
import ts from "typescript";

const project = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(project, "dist");
const schema = JSON.parse(readFileSync(path.join(project, "Pulumi.schema.json"), "utf8"));

/** The description of a stack file, its sections by the names that they have in TypeScript. */
const sections = {
  properties: Object.fromEntries(
    Object.entries(schema.properties.config.properties).map(([key, section]) => [key.replace("gatebox:", ""), section]),
  ),
};

/** The types that are written out: file, name, what the schema of the stack file says of it, what else the file has. */
const derived = [
  {
    file: "box/declaration.d.ts",
    name: "BoxDeclaration",
    about:
      "A box as it is written: the sections of a stack file, in TypeScript. Plain data, for it decides the layout.",
    described: sections,
    more: [
      '/** One section as it is written, for example `SectionDeclaration<"kubeGateways">`. */',
      "export type SectionDeclaration<Name extends keyof BoxDeclaration> = NonNullable<BoxDeclaration[Name]>;",
    ],
  },
  {
    file: "box/sections/limits/index.d.ts",
    name: "Limits",
    about: "The limits of a box, from the client to the pod.",
    described: sections.properties.limits,
    more: [],
  },
  {
    file: "box/sections/monitoring/index.d.ts",
    name: "Monitoring",
    about: "Who may ask the hosts how they are, and where; who asks, and who is told.",
    described: sections.properties.monitoring,
    more: [
      "/** Prometheus as the stack declares it, every default filled in. */",
      'export type Prometheus = NonNullable<Monitoring["prometheus"]>;',
      "/** Alertmanager as the stack declares it: who gets what no branch is for is named. */",
      'export type Alertmanager = NonNullable<Monitoring["alertmanager"]>;',
    ],
  },
  {
    file: "box/sections/containerRuntime/index.d.ts",
    name: "ContainerRuntime",
    about: "containerd on the hosts of some pools, with certificates in place of their files.",
    described: sections.properties.containerRuntime,
    more: [
      "/** One registry, and how it is reached. */",
      'export type RuntimeRegistry = ContainerRuntime["registries"][string];',
    ],
  },
  {
    file: "box/sections/registry/index.d.ts",
    name: "ContainerRegistry",
    about: "The box's own registry, and its way through the web servers.",
    described: sections.properties.registry,
    more: [],
  },
];

const files = derived.map(({ file }) => path.join(dist, file));
const program = ts.createProgram(files, {
  module: ts.ModuleKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  types: [],
});
const checker = program.getTypeChecker();

/** A type as text, at the place where `at` stands. */
function written(type, described, indent) {
  if (type.isUnion()) return unionOf(type, described, indent);
  if (type.isStringLiteral()) return JSON.stringify(type.value);
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return checker.typeToString(type);
  if (checker.isArrayType(type) || checker.isTupleType(type)) return listOf(type, described, indent);
  return objectOf(type, described, indent);
}

function unionOf(type, described, indent) {
  if (type.flags & ts.TypeFlags.Boolean) return "boolean";
  const hasBoth = type.types.filter((one) => one.flags & ts.TypeFlags.BooleanLiteral).length === 2;
  const others = type.types.filter((one) => !(hasBoth && one.flags & ts.TypeFlags.BooleanLiteral) && !isUndefined(one));
  const alternatives = described?.anyOf ?? described?.oneOf ?? [];
  const texts = others.map((one) => written(one, matching(one, alternatives) ?? described, indent));
  const boolean = hasBoth ? ["boolean"] : [];
  return [...new Set([...texts, ...boolean, ...(type.types.some(isUndefined) ? ["undefined"] : [])])].join(" | ");
}

function isUndefined(type) {
  return (type.flags & ts.TypeFlags.Undefined) !== 0;
}

/** The alternative of a schema that an object of a union is. */
function matching(type, alternatives) {
  const names = type.getProperties().map(({ name }) => name);
  return alternatives.find(({ properties }) => properties !== undefined && names.every((name) => name in properties));
}

function listOf(type, described, indent) {
  const items = checker.getTypeArguments(type).map((item) => written(item, described?.items, indent));
  return checker.isTupleType(type) ? `readonly [${items.join(", ")}]` : `ReadonlyArray<${items.join(", ")}>`;
}

function objectOf(type, described, indent) {
  const inner = `${indent}    `;
  const lines = type.getProperties().map((property) => {
    const of = checker.getTypeOfSymbol(property);
    const optional = property.flags & ts.SymbolFlags.Optional ? "?" : "";
    const about = described?.properties?.[property.name];
    const text = written(of, about, inner);
    const key = /^\w+$/.test(property.name) ? property.name : JSON.stringify(property.name);
    return `${comment(about?.description, inner)}${inner}readonly ${key}${optional}: ${text};\n`;
  });
  const values = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (values !== undefined)
    lines.push(`${inner}readonly [name: string]: ${written(values, described?.additionalProperties, inner)};\n`);
  return `{\n${lines.join("")}${indent}}`;
}

function comment(text, indent) {
  return text === undefined ? "" : `${indent}/** ${text.replaceAll("*/", "*\\/")} */\n`;
}

const texts = derived.map(({ file, name, about, described, more }) => {
  const source = program.getSourceFile(path.join(dist, file));
  const symbol = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find((one) => one.name === name);
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return [`/** ${about} */`, `export interface ${name} ${objectOf(type, described, "")}`, ...more, ""].join("\n");
});
for (const [index, file] of files.entries()) {
  writeFileSync(file, texts[index]);
  rmSync(`${file}.map`, { force: true });
}
