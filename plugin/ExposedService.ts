import * as pulumi from "@pulumi/pulumi";
import * as gatebox from "gatebox";

/** Whether HAProxy reads the requests of a service, or passes bytes on as they are. */
export const GatewayMode = { Http: "http", Tcp: "tcp" } as const;
export type GatewayMode = (typeof GatewayMode)[keyof typeof GatewayMode];

/** What an `ExposedService` is made from. */
export interface ExposedServiceArgs {
  /** Output `box` of the box's stack, as it is: of a `StackReference`, for one. */
  box: pulumi.Input<string>;
  /** NodePort, port on the gateways and port of the upstream in one, 30000 to 32767; nothing else of the box has it. */
  port: number;
  /** Namespace of its pods, and of the Service that exposes them. */
  namespace: pulumi.Input<string>;
  /** Labels of its pods. By default `app` with the service's name. */
  selector?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Port of the pods, a number or a name. By default the same as `servicePort`. */
  targetPort?: pulumi.Input<string>;
  /** Port of the Service inside the cluster. By default 80. */
  servicePort?: number;
  /** By default `http`. */
  mode?: GatewayMode;
  /** Options of HAProxy, for example `httplog`. */
  options?: string[];
  /** Path on the web servers; begins and ends with a slash. By default the service's name between slashes. */
  location?: string;
  /** Whether WebSocket upgrades are passed on. By default they are not. */
  websocket?: boolean;
  /** Whether there is a location on the web servers at all. By default there is; without one for what is not HTTP. */
  web?: boolean;
}

/**
 * A service of the cluster, reachable from outside the box of another stack: the NodePort Service, the route through every
 * gateway, and the location on every web server.
 */
export class ExposedService extends pulumi.ComponentResource {
  /** Where clients find it: its location, or without one the port on the gateways. */
  readonly url: pulumi.Output<string>;
  /** Its port on every gateway and node. */
  readonly port: pulumi.Output<number>;

  constructor(name: string, args: ExposedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gatebox:index:ExposedService", name, {}, opts);
    // What another stack has exported is known at preview, but reaches a component of another language as an output.
    const made = pulumi.output(args.box).apply((text) => {
      const service = declaration(gatebox.readBox(text), args);
      return new gatebox.ExposedService(name, service, { parent: this });
    });
    this.url = made.apply(({ url }) => url);
    this.port = made.apply(({ port }) => port);
    this.registerOutputs({ url: this.url, port: this.port });
  }
}

function declaration(box: gatebox.Box, args: ExposedServiceArgs): gatebox.ExposedServiceArgs {
  const { port, namespace, selector, servicePort, mode, options, location, websocket } = args;
  const targetPort = args.targetPort && pulumi.output(args.targetPort).apply(numberOrName);
  const app = { port, namespace, selector, targetPort, servicePort };
  const web = args.web === false ? false : given({ location, websocket });
  return { box, app: given(app), ...given({ mode, options }), web } as gatebox.ExposedServiceArgs;
}

function numberOrName(port: string): number | string {
  return /^\d+$/.test(port) ? Number(port) : port;
}

/** Leaves out what was not given, so that its default holds. */
function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
