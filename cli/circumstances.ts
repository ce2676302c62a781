/** How a command that looks at hosts is called. */
export interface Circumstances {
  readonly json: boolean;
  /** Where relative paths begin. */
  readonly here: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds that have passed since the command was called. */
  readonly start: number;
}
