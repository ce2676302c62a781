import { BoxHosts, ExposedService, GatewayPool, stackBox, WebserverPool } from "./components/index.ts";

const { box: description, tlsPrivateKey } = stackBox();

const hosts = new BoxHosts("hosts", { box: description });
const gateways = new GatewayPool("gateways", { box: description }, { dependsOn: hosts });
const webservers = new WebserverPool("webservers", { box: description, tlsPrivateKey }, { dependsOn: hosts });

const services = description.services.map((service) => {
  const exposed = new ExposedService(
    service.name,
    { box: description, service },
    { dependsOn: [gateways, webservers] },
  );
  return [service.name, exposed.url] as const;
});

/** The whole box as plain data: what another stack needs to expose services of its own on it. */
export const box = description;

/** Where a person finds each service. */
export const urls = Object.fromEntries([...webservers.urls, ...services]);
