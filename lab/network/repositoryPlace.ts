/** Where hosts find the packages that the lab itself has made: at the router of their uplink, which nothing but hosts can ask. */
export const REPOSITORY_PLACE = { address: "100.64.0.1", port: 8100 } as const;
