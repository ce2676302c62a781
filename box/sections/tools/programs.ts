/** The name of a tool in the stack file. */
export type ToolName = "prometheus" | "alertmanager" | "grafana" | "consul" | "gitlab";

/** What Gatebox knows of each tool: where it listens, whether it asks for a password itself, and what leads to it. */
export interface ToolProgram {
  /** As its makers write it, for messages. */
  readonly title: string;
  /** Where it listens unless the stack says otherwise. */
  readonly port: number;
  /** Whether it has users and a log-in of its own. Only such a tool may stand without a log-in at the web servers. */
  readonly hasLogIn: boolean;
  /** Locations beside its path that it cannot do without. */
  readonly alsoAt: readonly string[];
}

/**
 * The tools. Consul's web interface asks its API at `/v1/` whatever `ui_config.content_path` says (hashicorp/consul#10374), so
 * that place is Consul's too.
 */
export const toolPrograms: Readonly<Record<ToolName, ToolProgram>> = {
  prometheus: { title: "Prometheus", port: 9090, hasLogIn: false, alsoAt: [] },
  alertmanager: { title: "Alertmanager", port: 9093, hasLogIn: false, alsoAt: [] },
  grafana: { title: "Grafana", port: 3000, hasLogIn: true, alsoAt: [] },
  consul: { title: "Consul", port: 8500, hasLogIn: false, alsoAt: ["/v1/"] },
  gitlab: { title: "GitLab", port: 80, hasLogIn: true, alsoAt: [] },
};

/** Their names, in the order in which they are told. */
export const toolNames = Object.keys(toolPrograms) as readonly ToolName[];

/** The name of a tool's upstream on the web servers; no route may have it. */
export function toolUpstream(name: ToolName): string {
  return `stream_tool_${name}`;
}

/** The upstream of the OIDC proxy. */
export const signInUpstream = "stream_tools_sign_in";

/** Who asks for the password of a tool. */
export const ToolAuth = {
  /** The web servers, for one user. */
  Password: "password",
  /** The web servers have an OIDC proxy say who it is. */
  Oidc: "oidc",
  /** The tool itself alone. */
  None: "none",
} as const;
/** Who asks for the password of a tool. */
export type ToolAuth = (typeof ToolAuth)[keyof typeof ToolAuth];
