import type { z } from "zod";
import type { Section } from "../section.ts";
import { packagesOfDebian } from "./packages.ts";
import { loginsOfServers, plainMirrors, registryNames, runtimePools, runtimeSettings, runtimeUrls } from "./rules.ts";
import { schema } from "./schema.ts";
import { isIssuedByBox, issuedTls, privateTls } from "./tls.ts";
import { serverOf } from "./urls.ts";

type Written = NonNullable<z.output<typeof schema>>;

/** containerd on the hosts of some pools: the section with its defaults, and certificates in place of their files. */
export type ContainerRuntime = Omit<Written, "packages" | "cni" | "registries"> & {
  readonly registries: Readonly<Record<string, RuntimeRegistry>>;
  readonly packages: readonly string[];
  readonly cni: { readonly binDir: string; readonly confDir: string };
};

type WrittenRegistry = Written["registries"][string];

/** Where images come from, and how it is known: by the certificate of its authority, or by that of the box's own. */
type Trusted<One> = Omit<One, "ca"> & { readonly ca?: string; readonly caOfBox?: true };

/** One registry, and how it is reached. */
export type RuntimeRegistry = Omit<Trusted<WrittenRegistry>, "mirrors"> & {
  readonly mirrors: readonly Trusted<WrittenRegistry["mirrors"][number]>[];
};

/** Who runs containers, and where the images come from. */
export const containerRuntime: Section<"containerRuntime", typeof schema> = {
  name: "containerRuntime",
  schema,
  rules: [runtimePools, registryNames, runtimeUrls, loginsOfServers, privateTls, issuedTls, runtimeSettings],
  warnings: [plainMirrors],
  resolve: ({ draft, configuration: { containerRuntime } }) => {
    if (containerRuntime === undefined) return undefined;
    const { major, cni, packages, registries, ...rest } = containerRuntime;
    const trusted = <One extends { ca?: string | undefined }>({ ca, ...one }: One, url: string): Trusted<One> => {
      if (ca === undefined && isIssuedByBox(draft, url)) return { ...one, caOfBox: true };
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
          {
            ...trusted(one, serverOf(name, one.server)),
            mirrors: one.mirrors.map((mirror) => trusted(mirror, mirror.url)),
          },
        ]),
      ),
    };
  },
};
