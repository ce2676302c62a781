import eslint from "@eslint/js";
import tseslint from "typescript-eslint";
import prettier from "eslint-config-prettier";

/** Each room imports only what the design allows it: a wrong arrow is a lint error, not a matter of taste. */
const room = (files, forbidden, why) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message: why }] }] },
});

export default tseslint.config(
  { ignores: ["node_modules", "coverage", "dist", "test/conformance", "lab/toolchain/go", "bench/out"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  room(
    ["box/**/*.ts"],
    ["@pulumi/*", "**/components/**", "**/render/**", "**/host/**", "**/lab/**"],
    "box/ is the typed model: it knows neither Pulumi nor the other rooms.",
  ),
  room(
    ["render/**/*.ts"],
    ["@pulumi/*", "**/components/**", "**/host/**", "**/lab/**", "node:*"],
    "render/ is pure: model in, text out.",
  ),
  // Scripts for hosts are files beside their program, and as constant as its code.
  { files: ["render/script.ts"], rules: { "no-restricted-imports": "off" } },
  room(["host/**/*.ts"], ["**/components/**", "**/render/**", "**/lab/**"], "host/ knows no program and no component."),
  room(["components/**/*.ts"], ["**/lab/**", "@pulumi/command"], "components/ make no remote command themselves."),
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
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
  prettier,
);
