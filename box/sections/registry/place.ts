/** Where clients of registries ask, under whatever name (OCI Distribution Specification). */
export const registryLocation = "/v2/";

/** The name of its route on the web servers. */
export const registryRoute = "container-registry";
