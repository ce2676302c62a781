/** The object of the cluster that an exposed service has: its Service of the type NodePort. */

/** An app as Kubernetes gets it. What is for Kubernetes alone may be known only while it is deployed, so it has any type. */
interface ServedApp {
  readonly port: number;
  readonly servicePort: number;
  readonly namespace: unknown;
  readonly selector: unknown;
  readonly targetPort: unknown;
}

/** A Service as Kubernetes' API has it, apart from what says that it is one. */
export interface NodePortService<App extends ServedApp> {
  readonly metadata: {
    readonly name: string;
    readonly namespace: App["namespace"];
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly type: "NodePort";
    readonly selector: App["selector"];
    readonly ports: [
      {
        readonly name: string;
        readonly port: number;
        readonly targetPort: App["targetPort"];
        readonly nodePort: number;
        readonly protocol: "TCP";
      },
    ];
  };
}

/**
 * The Service of an exposed service, at the one port of its app.
 *
 * Pulumi does not await it: it works as soon as its pods do, and these may need the box's egress for their images, which
 * comes after all that is served at the box's addresses.
 */
export function nodePortService<App extends ServedApp>(name: string, app: App): NodePortService<App> {
  return {
    metadata: {
      name,
      namespace: app.namespace,
      labels: { "app.kubernetes.io/managed-by": "gatebox" },
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: {
      type: "NodePort",
      selector: app.selector,
      ports: [{ name: "web", port: app.servicePort, targetPort: app.targetPort, nodePort: app.port, protocol: "TCP" }],
    },
  };
}
