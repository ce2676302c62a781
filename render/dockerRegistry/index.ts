/**
 * The box's own registry: Debian's docker-registry, which web servers alone may ask.
 *
 * @see Registry
 */
import { containerRegistryOf, webserversOf } from "../../box/index.ts";
import type { Box, ContainerRegistry, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort } from "../assembly.ts";
import { entry } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { dockerRegistry, healthEndpoint, registryConfiguration } from "./configuration.ts";
import { collectionService, collectionTimer, collectionUnits, registryDropIn, registryUnit } from "./units.ts";

/** The registry on its hosts; GitLab's is GitLab's. */
export const dockerRegistryAssembly: Assembly = {
  name: dockerRegistry,
  pools: ({ registry }) => (registry?.kind === "docker-registry" ? [registry.pool] : []),
  programs: [
    {
      name: "docker-registry",
      // htpasswd is of apache2-utils, findmnt and runuser of util-linux.
      packages: ["docker-registry", "apache2-utils", "curl", "iproute2", "util-linux"],
      maskedUntilConfigured: [registryUnit],
    },
  ],
  effects: [
    {
      unit: registryUnit,
      does: EffectKind.Restart,
      files: ["registry/config.yml", "systemd/docker-registry.conf"],
      serviceOf: "systemd/docker-registry.conf",
      noticed: "pulls and pushes fail for a moment",
    },
  ],
  files: dockerRegistryFiles,
  ports: dockerRegistryPorts,
  localPorts: (box) => [
    {
      port: healthEndpoint(containerRegistryOf(box)).port,
      purpose: "the registry's health, one above its own port",
      path: "registry.port",
    },
  ],
};

function dockerRegistryFiles(box: Box, host: Host): TreeFile[] {
  const registry = containerRegistryOf(box);
  const address = entry(host.addresses, registry.network, `addresses of ${host.name}`);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const [service, timer] = collectionUnits;
  return [
    text("registry/config.yml", registryConfiguration(registry, address, false)),
    text("registry/read-only.yml", registryConfiguration(registry, address, true)),
    text("systemd/docker-registry.conf", registryDropIn(registry)),
    text(`systemd/${service}`, collectionService()),
    text(`systemd/${timer}`, collectionTimer(registry)),
    text("lifecycle/settings", registrySettings(box, host, address)),
    usedInterfaces([]),
    ...["users", "mounted", "collect"].map((name) =>
      text(`scripts/${name}.sh`, script(import.meta.dirname, `${name}.sh`)),
    ),
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text(
      "lifecycle/links",
      [
        `/etc/systemd/system/${registryUnit}.d/gatebox.conf systemd/docker-registry.conf`,
        ...collectionUnits.map((unit) => `/etc/systemd/system/${unit} systemd/${unit}`),
        "",
      ].join("\n"),
    ),
  ];
}

function registrySettings(box: Box, host: Host, address: string): string {
  const registry = containerRegistryOf(box);
  const { members } = entry(box.pools, registry.pool, "pools of the box");
  return settings({
    address,
    port: registry.port,
    health_port: healthEndpoint(registry).port,
    storage: registry.storage.directory,
    shared: registry.storage.shared ? "yes" : "",
    untagged: registry.garbageCollection.untagged ? "yes" : "",
    schedule: registry.garbageCollection.schedule,
    host: host.name,
    // One host removes what nobody uses; all others stand still meanwhile.
    collector: members[0] === host.name ? "yes" : "",
    hosts: members.length,
  });
}

/**
 * The files that hold passwords, one unit, which is a secret: who may come in, and what the hosts of a pool sign the uploads
 * with that one begins and another goes on with.
 *
 * @param signature that follows from the password, so that all hosts have the same
 */
export function registryUserFiles(
  { username, name }: ContainerRegistry,
  password: string,
  signature: string,
): TreeFile[] {
  // eslint-disable-next-line no-control-regex -- control characters are what must not stand there
  if (password === "" || /[\u0000-\u001f\u007f]/.test(password))
    throw new Error(`the password of ${name} is empty or holds control characters, a line end perhaps`);
  // Bcrypt looks at so many bytes, and at no more.
  if (Buffer.byteLength(password) > 72) throw new Error(`the password of ${name} is longer than 72 bytes`);
  return [
    { path: "auth/users", mode: "0600", text: `${username}:${password}\n` },
    { path: "auth/environment", mode: "0600", text: `REGISTRY_HTTP_SECRET=${signature}\n` },
  ];
}

/** Open to the web servers alone, which bring TLS. */
function dockerRegistryPorts(box: Box): OpenPort[] {
  const { network, port } = containerRegistryOf(box);
  const { members } = entry(box.pools, webserversOf(box).pool, "pools of the box");
  const from = members.flatMap((member) => box.hosts[member]?.addresses[network] ?? []);
  return [{ network, protocol: "tcp", port, from, purpose: "the registry", path: "registry.port" }];
}
