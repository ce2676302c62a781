/**
 * The versions that fit together, pinned for everyone. A change here changes the key of the caches, so an old build is
 * never taken for a new one. Go module versions stand in `go/<program>/go.mod`.
 */
export const versions = {
  pulumi: "3.250.0",
  /** Newest language host whose module the Go proxy serves. */
  languageHost: "3.68.0",
  /** Newest language host for YAML that the Go proxy serves. */
  yamlHost: "1.25.0",
  kubernetesPlugin: "4.25.0",
  commandPlugin: "1.2.1",
  randomPlugin: "4.21.2",
  kubernetes: "1.34.4",
  /**
   * Of the last line of Consul that is free (MPL-2.0) together with all modules of Consul's that it is built from. Later ones need
   * `envoyextensions` and `troubleshoot`, whose licence is no open-source one, or have such a licence themselves. What Gatebox
   * writes is for 1.14 and for those after it.
   */
  consul: "1.14.11",
  go: "1.26.0",
} as const;
