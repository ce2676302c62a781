/** Who may do what in Consul: nobody anything, but for what stands here. Its rules are JSON, as its documentation has it. */
import type { Box, Host } from "../../box/model.ts";
import { servicesOf, json } from "../consul/configuration.ts";

/** What a token may do. */
export interface Policy {
  /** Unique in the cluster: letters, digits, "-" and "_". */
  readonly name: string;
  readonly description: string;
  readonly rules: object;
}

const read = { policy: "read" } as const;
const write = { policy: "write" } as const;
/** All names. */
const any = "";

/** What a member may do: be itself, register its own services, and look at the others. */
export function agentPolicy(box: Box, host: Host): Policy {
  const services = Object.fromEntries(servicesOf(box, host).map((route) => [route.name, write]));
  return {
    name: `gatebox-agent-${host.name}`,
    description: `Gatebox: the agent of ${host.name}`,
    rules: {
      agent: { [host.name]: write },
      node: { [host.name]: write },
      node_prefix: { [any]: read },
      ...(Object.keys(services).length > 0 ? { service: services } : {}),
      service_prefix: { [any]: read },
    },
  };
}

/** What a person sees in the web interface: services, nodes and their health. */
export const uiPolicy: Policy = {
  name: "gatebox-ui",
  description: "Gatebox: the web interface, to look",
  rules: { node_prefix: { [any]: read }, service_prefix: { [any]: read } },
};

/** What answers of DNS are made of. */
export const dnsPolicy: Policy = {
  name: "gatebox-dns",
  description: "Gatebox: answers of DNS",
  rules: { node_prefix: { [any]: read }, service_prefix: { [any]: read } },
};

/** `policies/NAME.json`: what the API takes. */
export function policyText({ name, description, rules }: Policy): string {
  return json({ Name: name, Description: description, Rules: JSON.stringify(rules) });
}

/** `tokens/NAME.json`: a token with the policy of its name. */
export function tokenText(
  { name, description }: Policy,
  token: { readonly accessor: string; readonly secret: string },
): string {
  return json({ AccessorID: token.accessor, SecretID: token.secret, Description: description, Policies: [{ Name: name }] }); // prettier-ignore
}
