import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";

const hostName = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    "is not a host name: write it in lower case, without scheme, port or path",
  );

// systemd.time(7); `systemd-analyze calendar` on the host says whether it can be.
const schedule = z
  .string()
  .regex(/^[A-Za-z0-9*][A-Za-z0-9*:.,/ -]*$/, "is not a time of systemd's such as `Sun 03:00` or `daily`");

// Emptied by a boot or by age, hidden from services, read-only to them, or no place for files at all.
const otherUse =
  /^\/(?:tmp|var\/tmp|home|root|run|var\/run|var\/lock|etc|usr|bin|sbin|lib|lib32|lib64|libx32|boot|efi|dev|proc|sys)(?:\/|$)/;

const directory = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}$/, "is not the absolute path of a directory, two steps deep or more")
  .refine(
    (path) => !otherUse.test(path),
    "is where images are lost, or the registry may not write: choose a place under /var/lib, /srv or /storage",
  );

/** Section `registry`: where the box's own images are. */
export const schema = closed({
  name: hostName.describe(
    "Name of the registry, as it stands in front of its images' names; one of the `serverNames` of the web servers.",
  ),
  pool: referenceTo("pools").describe(
    "Pool of the hosts that serve it, on the web servers' `upstreamNetwork`. Several of them need storage that they share.",
  ),
  kind: z
    .enum(["docker-registry", "gitlab"])
    .default("docker-registry")
    .describe(
      "`docker-registry` (default): Debian's package, installed and configured. `gitlab`: GitLab's own registry, which listens " +
        "on these hosts already; only its way through the web servers is made, and hosts log in to it with `authentication: token`.",
    ),
  port: port
    .default(5000)
    .describe(
      "Port on these hosts, for the web servers alone. Default 5000. On 127.0.0.1, the next one tells of its health.",
    ),
  username: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'is not the name of a user: write lower-case letters, digits and "-"')
    .default("box")
    .describe(
      "The one user, who may pull and push. Its password is generated, unless the stack has one for this name among its " +
        "`registryPasswords`. Default `box`.",
    ),
  storage: closed({
    directory: directory
      .default("/var/lib/docker-registry")
      .describe("Where the images are kept, also when this section is removed. Default `/var/lib/docker-registry`."),
    shared: z
      .boolean()
      .default(false)
      .describe("Whether the directory is on a volume that all these hosts have mounted. Default `false`."),
  })
    .prefault({})
    .describe("Where images are kept."),
  garbageCollection: closed({
    schedule: schedule
      .default("Sun 03:00")
      .describe("When layers that no image has any more are removed, as systemd has it. Default `Sun 03:00`."),
    untagged: z.boolean().default(false).describe("Whether images without a tag go, too. Default `false`."),
  })
    .prefault({})
    .describe("Removing what is no longer used. Meanwhile the registry answers pulls, and takes no pushes."),
})
  .optional()
  .describe(
    "The box's own registry of container images, behind its web servers at `/v2/`. Without this section the box has none.",
  );
