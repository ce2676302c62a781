/** GitLab, as the model has it. */

/** What runs jobs. */
export interface GitLabRunners {
  readonly pool: string;
  readonly executor: "docker";
  /** The entry of `aptRepositories` that has the package. */
  readonly repository: string;
  /** Jobs that a host runs at once. */
  readonly concurrent: number;
  /** Image of jobs that name none. */
  readonly image: string;
}

/** Where mail is handed in. */
export interface GitLabSmtp {
  readonly address: string;
  readonly port: number;
  readonly encryption: "starttls" | "tls" | "none";
  /** Who logs in, with a secret. Absent where nobody does. */
  readonly username?: string | undefined;
  readonly authentication: "plain" | "login" | "cram_md5";
  readonly from?: string | undefined;
}

/** A GitLab on one host, behind the web servers. */
export interface GitLab {
  /** The entry of `aptRepositories` that has the package. */
  readonly repository: string;
  readonly edition: "ce" | "ee";
  readonly pool: string;
  /** The network on which web servers look for it. */
  readonly network: string;
  readonly port: number;
  /** Where it is found, without a slash at its end. */
  readonly externalUrl: string;
  /** The sub-path of that, without a slash at its end; empty where there is none. */
  readonly path: string;
  /** Directory of repositories, uploads, artifacts and backups. */
  readonly data: string;
  /** The shared volume around that directory, where the stack declares one. */
  readonly mountPoint?: string;
  /** Sites out of repositories. */
  readonly pages?: { readonly externalUrl: string; readonly port: number };
  /** The box's registry, where GitLab runs it. */
  readonly registry?: { readonly externalUrl: string; readonly port: number };
  readonly smtp?: GitLabSmtp;
  readonly backup: { readonly schedule: string; readonly keepDays: number };
  readonly runners?: GitLabRunners;
}
