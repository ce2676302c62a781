/** One file of an assembly's tree on a host, for example `haproxy/routes/30165.cfg`. */
export interface TreeFile {
  /** Relative to the tree. */
  readonly path: string;
  /** Octal permissions, as `chmod` takes them. */
  readonly mode: "0644" | "0755" | "0600" | "0640";
  readonly text: string;
}
