import type { z } from "zod";
import type { Section } from "../section.ts";
import { hasServers, serverNetwork, serversOnOneNetwork } from "./network.ts";
import { ownRuleFiles } from "./ownRules.ts";
import { reachableByMonitoring } from "./reachable.ts";
import { knownReceivers, nobody, receiversWithAddresses, remoteEnd, somebodyIsTold } from "./receivers.ts";
import { schema } from "./schema.ts";
import { storageOfSamples } from "./storage.ts";

type Written = NonNullable<z.output<typeof schema>>;
type WrittenAlertmanager = NonNullable<Written["alertmanager"]>;

/** Prometheus as the stack declares it, every default filled in. */
export type Prometheus = NonNullable<Written["prometheus"]>;

/** Alertmanager as the stack declares it: who gets what no branch is for is named. */
export type Alertmanager = Omit<WrittenAlertmanager, "route"> & {
  readonly route: Omit<WrittenAlertmanager["route"], "receiver"> & { readonly receiver: string };
};

/** Monitoring as the stack declares it. Where it has servers, they listen on `network`. */
export type Monitoring = Omit<Written, "alertmanager"> & { readonly alertmanager?: Alertmanager | undefined };

/** Who may ask the hosts how they are, and where; who asks, and who is told. */
export const monitoring: Section<"monitoring", typeof schema> = {
  name: "monitoring",
  schema,
  rules: [
    reachableByMonitoring,
    serversOnOneNetwork,
    storageOfSamples,
    ownRuleFiles,
    receiversWithAddresses,
    knownReceivers,
    remoteEnd,
  ],
  warnings: [somebodyIsTold],
  resolve: ({ draft, configuration: { monitoring } }) => {
    if (monitoring === undefined) return undefined;
    const { alertmanager, ...rest } = monitoring;
    const network = hasServers(draft) ? serverNetwork(draft) : rest.network;
    return {
      ...rest,
      ...(network === undefined ? {} : { network }),
      ...(alertmanager === undefined ? {} : { alertmanager: withReceiver(alertmanager) }),
    };
  },
};

function withReceiver({ route, ...rest }: WrittenAlertmanager): Alertmanager {
  const receiver = route.receiver ?? Object.keys(rest.receivers)[0] ?? nobody;
  return { ...rest, route: { ...route, receiver } };
}
