import type { Section } from "../section.ts";
import { addressesInNetworks, duplicateAddresses } from "./addresses.ts";
import { addresses6InNetworks, duplicateAddresses6 } from "./addresses6.ts";
import { defaultRoutes } from "./defaultRoutes.ts";
import { hardwareAddresses, interfaceNames, networkNamesAsInterfaces } from "./interfaces.ts";
import { resolveHosts } from "./resolve.ts";
import { schema } from "./schema.ts";

/** Every machine of the box. */
export const hosts: Section<"hosts", typeof schema> = {
  name: "hosts",
  schema,
  entry: "host",
  rules: [
    addressesInNetworks,
    duplicateAddresses,
    addresses6InNetworks,
    duplicateAddresses6,
    interfaceNames,
    hardwareAddresses,
    defaultRoutes,
    networkNamesAsInterfaces,
  ],
  resolve: ({ draft, configuration }) => resolveHosts(draft, configuration.hosts),
};
