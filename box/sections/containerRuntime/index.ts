import type { z } from "zod";
import type { Section } from "../section.ts";
import { packagesOfDebian } from "./packages.ts";
import { loginsOfServers, plainMirrors, privateTls, runtimePools, runtimeSettings, runtimeUrls } from "./rules.ts";
import { schema } from "./schema.ts";

type Written = NonNullable<z.output<typeof schema>>;

/** containerd on the hosts of some pools: the section with its defaults, and certificates in place of their files. */
export type ContainerRuntime = Omit<Written, "packages" | "cni"> & {
  readonly packages: readonly string[];
  readonly cni: { readonly binDir: string; readonly confDir: string };
};

/** One registry, and how it is reached. */
export type RuntimeRegistry = ContainerRuntime["registries"][string];

/** Who runs containers, and where the images come from. */
export const containerRuntime: Section<"containerRuntime", typeof schema> = {
  name: "containerRuntime",
  schema,
  rules: [runtimePools, runtimeUrls, loginsOfServers, privateTls, runtimeSettings],
  warnings: [plainMirrors],
  resolve: ({ draft, configuration: { containerRuntime } }) => {
    if (containerRuntime === undefined) return undefined;
    const { major, cni, packages, registries, ...rest } = containerRuntime;
    const text = ({ ca, ...one }: { ca?: string | undefined }): { ca?: string } => {
      const certificate = ca === undefined || ca === "system" ? undefined : draft.authorities.get(ca);
      return { ...one, ...(certificate === undefined ? {} : { ca: certificate }) };
    };
    return {
      ...rest,
      major,
      packages: packages ?? (major === 1 ? packagesOfDebian : []),
      cni: { ...cni, binDir: cni.binDir ?? (major === 1 ? "/usr/lib/cni" : "/opt/cni/bin") },
      registries: Object.fromEntries(
        Object.entries(registries).map(([name, one]) => [
          name,
          { ...one, ...text(one), mirrors: one.mirrors.map((mirror) => ({ ...mirror, ...text(mirror) })) },
        ]),
      ),
    };
  },
};
