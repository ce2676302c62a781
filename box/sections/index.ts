import { apps } from "./apps/index.ts";
import { aptRepositories } from "./aptRepositories/index.ts";
import { connection } from "./connection/index.ts";
import { consul } from "./consul/index.ts";
import { containerRuntime } from "./containerRuntime/index.ts";
import { controlPlane } from "./controlPlane/index.ts";
import { dns } from "./dns/index.ts";
import { firewall } from "./firewall/index.ts";
import { gitlab } from "./gitlab/index.ts";
import { grafana } from "./grafana/index.ts";
import { hostNetworks } from "./hostNetworks/index.ts";
import { hosts } from "./hosts/index.ts";
import { kubeGateways } from "./kubeGateways/index.ts";
import { limits } from "./limits/index.ts";
import { monitoring } from "./monitoring/index.ts";
import { natGateways } from "./natGateways/index.ts";
import { networks } from "./networks/index.ts";
import { pools } from "./pools/index.ts";
import { registry } from "./registry/index.ts";
import { rollout } from "./rollout/index.ts";
import { services } from "./services/index.ts";
import { sharedVolumes } from "./sharedVolumes/index.ts";
import { tools } from "./tools/index.ts";
import { virtualIps } from "./virtualIps/index.ts";
import { webservers } from "./webservers/index.ts";

/**
 * Every section of a stack's configuration, in the order in which they are written and in which violations are reported.
 * Schema, JSON schema, rules and model are made by walking this list.
 */
export const sections = [
  networks,
  connection,
  hosts,
  pools,
  rollout,
  apps,
  kubeGateways,
  webservers,
  services,
  limits,
  virtualIps,
  natGateways,
  hostNetworks,
  firewall,
  aptRepositories,
  monitoring,
  containerRuntime,
  registry,
  sharedVolumes,
  controlPlane,
  tools,
  grafana,
  dns,
  gitlab,
  consul,
] as const;
