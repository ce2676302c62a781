/** The Protobox' shared volumes, and the hosts that have each mounted. */
export const VOLUMES = {
  "gateway-shared": ["gateway-1", "gateway-2", "gateway-3"],
  "nat-shared": ["gateway-4", "gateway-5"],
  "web-shared": ["webserver-1", "webserver-2"],
} as const;

/** Where. */
export const PLACE = "/storage/shared";
