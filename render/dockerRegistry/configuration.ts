/** The configuration of Debian's docker-registry, 2.8 (its documentation: Distribution, "Configuring a registry"). */
import type { ContainerRegistry } from "../../box/model.ts";
import { endpoint, port } from "../scalars.ts";

/** The assembly. */
export const dockerRegistry = "registry";

/** What the program itself may read of the users: hashes, in a place that is root's and readable to its group. */
export const usersFile = "/run/docker-registry/htpasswd";

/** Where it tells its own host of its health. */
export function healthEndpoint({ port: own }: ContainerRegistry): { readonly address: string; readonly port: number } {
  return { address: "127.0.0.1", port: port(own + 1, "port of the registry's health") };
}

/**
 * `registry/config.yml`, and `registry/read-only.yml`, with which it runs while what nobody uses is removed: a push meanwhile
 * could lose layers.
 *
 * @param address of the host on the web servers' upstream network
 */
export function registryConfiguration(registry: ContainerRegistry, address: string, readOnly: boolean): string {
  const health = healthEndpoint(registry);
  return `# The box's registry. Made by Gatebox: changes by hand are lost.
version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: ${registry.storage.directory}
  delete:
    enabled: true
  redirect:
    disable: true
  maintenance:
    uploadpurging:
      enabled: ${String(!readOnly)}
      age: 168h
      interval: 24h
      dryrun: false
    readonly:
      enabled: ${String(readOnly)}
http:
  addr: ${endpoint(address, registry.port, "registry")}
  # Where uploads go on is said without a name: clients keep the one that they know.
  relativeurls: true
  draintimeout: 60s
  headers:
    X-Content-Type-Options: [nosniff]
  debug:
    addr: ${endpoint(health.address, health.port, "health of the registry")}
auth:
  htpasswd:
    realm: ${registry.name}
    path: ${usersFile}
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
`;
}
