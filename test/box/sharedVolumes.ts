/** The shared volumes that the Protobox' documents draw: nobody needs a further machine for them. */

const disk = (host: string, device = "/dev/vdb") => ({ host, device });

export const gatewayShared = {
  kind: "gluster",
  network: "gateway-network",
  replicaSets: [{ data: [disk("gateway-1"), disk("gateway-2"), disk("gateway-3")] }],
};

export const natShared = {
  kind: "gluster",
  network: "gateway-network",
  replicaSets: [{ data: [disk("gateway-4"), disk("gateway-5")], arbiter: disk("gateway-3", "/dev/vdc") }],
};

export const webShared = {
  kind: "gluster",
  network: "gateway-network",
  mountPoint: "/storage/shared",
  replicaSets: [{ data: [disk("webserver-1"), disk("webserver-2")], arbiter: disk("gateway-4", "/dev/vdc") }],
};

export const sharedVolumes = { "gateway-shared": gatewayShared, "nat-shared": natShared, "web-shared": webShared };
