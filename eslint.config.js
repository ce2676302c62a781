import eslint from "@eslint/js";
import tseslint from "typescript-eslint";
import prettier from "eslint-config-prettier";

/** Each room imports only what the design allows it: a wrong arrow is a lint error, not a matter of taste. */
const room = (files, forbidden, why) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message: why }] }] },
});

// Shell belongs into files of its own, where shellcheck and an editor read it. A unit of systemd may name one command.
const ofLines = (shell) => `${shell}[^]*\\n[^]*\\S|\\S[^]*\\n[^]*${shell}`;
const shellInStrings = ["#!/bin/sh", "[|][|] fail", "systemctl "].flatMap((shell) =>
  ["TemplateElement[value.cooked=/PATTERN/]", "Literal[value=/PATTERN/]"].map((selector) => ({
    selector: selector.replace("PATTERN", ofLines(shell.replaceAll("/", "\\/"))),
    message: "Shell of more than a line belongs into a .sh file beside its program (see render/script.ts).",
  })),
);

export default tseslint.config(
  { ignores: ["node_modules", "coverage", "dist", "docs/api", "test/conformance", "lab/toolchain/go", "bench/out"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-syntax": ["error", ...shellInStrings],
    },
  },
  room(
    ["box/**/*.ts"],
    ["@pulumi/*", "**/components/**", "**/render/**", "**/host/**", "**/lab/**", "**/cli/**"],
    "box/ is the typed model: it knows neither Pulumi nor the other rooms.",
  ),
  room(
    ["render/**/*.ts"],
    ["@pulumi/*", "**/components/**", "**/host/**", "**/lab/**", "**/cli/**", "node:*"],
    "render/ is pure: model in, text out.",
  ),
  // Scripts for hosts are files beside their program, and as constant as its code.
  { files: ["render/script.ts"], rules: { "no-restricted-imports": "off" } },
  room(
    ["host/**/*.ts"],
    ["**/components/**", "**/render/**", "**/lab/**", "**/cli/**"],
    "host/ knows no program and no component.",
  ),
  room(
    ["components/**/*.ts"],
    ["**/lab/**", "**/cli/**", "@pulumi/command"],
    "components/ make no remote command themselves.",
  ),
  room(
    ["examples/**/*.ts", "plugin/**/*.ts"],
    ["**/box/**", "**/components/**", "**/render/**", "**/host/**", "**/lab/**", "**/cli/**"],
    "examples and the plugin are others' programs: they import the package by its name.",
  ),
  room(["cli/**/*.ts"], ["**/lab/**"], "cli/ is for hosts of anybody: it knows no lab."),
  room(
    ["lab/**/*.ts", "index.ts"],
    ["**/cli/**"],
    "cli/ is imported by nobody: what others need is in the rooms above.",
  ),
  {
    // What mocks and parsed answers hold is what a test finds out.
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
    },
  },
  {
    // A package of its own, which finds the components by their name; here they are those of this checkout.
    files: ["plugin/*.ts"],
    languageOptions: { parserOptions: { project: "tsconfig.plugin.json" } },
  },
  { files: ["**/*.{js,cjs}"], ...tseslint.configs.disableTypeChecked },
  {
    // What every Node has to understand, to say which one is needed.
    files: ["package/*.cjs"],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: "commonjs",
      globals: { module: "writable", process: "readonly", require: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off", "no-var": "off" },
  },
  prettier,
);
