/** Web servers and gateways for one environment: what differs between them stands in their stack files. */
import { BoxHosts, boxOutput, GatewayPool, HostFirewall, stackBox, VirtualIps, WebserverPool } from "gatebox";

const { box: description } = stackBox();

const hosts = new BoxHosts("hosts", { box: description });
const firewall = new HostFirewall("firewall", { box: description }, { dependsOn: hosts });
const gateways = new GatewayPool("gateways", { box: description }, { dependsOn: firewall });
const webservers = new WebserverPool("webservers", { box: description }, { dependsOn: [firewall, gateways] });

// One machine alone needs no address that moves.
if (Object.keys(description.virtualIps).length > 0) {
  new VirtualIps("webservers-vips", { box: description, pool: "webservers" }, { dependsOn: webservers });
}

/** For the stacks that expose services on it. */
export const box = boxOutput(description);

export const { urls } = webservers;
