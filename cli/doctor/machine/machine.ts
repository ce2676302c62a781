import path from "node:path";

/** Where `up` will be run, as far as that matters to it. */
export interface Machine {
  /** The folder of the stack file, and so of the project. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds that each of its programs is waited for. */
  readonly limit: number;
}

/** This machine as the person's own shell has it: npm puts folders of its packages before the rest of PATH. */
export function thisMachine({ folder, env, limit }: Machine): Machine {
  const isOfNpm = (entry: string): boolean => /[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(entry);
  const entries = (env["PATH"] ?? "").split(path.delimiter).filter((entry) => !isOfNpm(entry));
  return { folder, limit, env: { ...env, PATH: entries.join(path.delimiter), PULUMI_SKIP_UPDATE_CHECK: "true" } };
}
