import type { z } from "zod";
import type { sections } from "./sections/index.ts";

type AnySection = (typeof sections)[number];

/** Every section as it is written, defaults left out. */
type Written = { [One in AnySection as One["name"]]: z.input<One["schema"]> };

type Optional = { [Name in keyof Written]: undefined extends Written[Name] ? Name : never }[keyof Written];

/**
 * A box as it is written: the sections of a stack file, in TypeScript. Plain data, for it decides the layout, which is checked
 * before anything is made.
 */
export type BoxDeclaration = { readonly [Name in Exclude<keyof Written, Optional>]: Written[Name] } & {
  readonly [Name in Optional]?: Written[Name];
};

/** One section as it is written, for example `SectionDeclaration<"kubeGateways">`. */
export type SectionDeclaration<Name extends keyof Written> = NonNullable<Written[Name]>;
