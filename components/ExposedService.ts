import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubeGatewaysOf, type Box, type ExposedServiceSpec, type ServiceDeclaration } from "../box/index.ts";
import { nodePortService } from "../render/kubernetes/nodePortService.ts";
import { endsWith, shortest, waits } from "../host/order.ts";
import { exposeService } from "./exposeService.ts";
import { GatewayRoute } from "./GatewayRoute.ts";
import { orRunError } from "./runError.ts";
import { poolHosts } from "./rolling.ts";
import { and, dependencies } from "./waiting.ts";
import { WebserverRoute } from "./WebserverRoute.ts";

/** An app whose port alone decides the layout: where its pods are may be known only while it is deployed. */
export interface ExposedApp {
  /** NodePort, port on the gateways and port of the upstream in one, 30000–32767; nothing else of the box has it. */
  readonly port: number;
  /** Namespace of its pods, and of the Service that exposes them. */
  readonly namespace: pulumi.Input<string>;
  /** Labels of its pods. @default `{ app: NAME }` */
  readonly selector?: pulumi.Input<Readonly<Record<string, string>>> | undefined;
  /** Port of the pods, a number or a name. @default the same as `servicePort` */
  readonly targetPort?: pulumi.Input<number | string> | undefined;
  /** Port of the Service inside the cluster. @default 80 */
  readonly servicePort?: number | undefined;
}

/** A service that the box does not have yet: it is checked as if it stood in the box's stack file. */
export interface NewService extends Omit<ServiceDeclaration, "app"> {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  readonly app: ExposedApp;
}

/** A service that is described already. */
export interface DescribedService {
  /** The box, of this stack or as another stack exports it. */
  readonly box: Box;
  /** An entry of `box.services`, or what `exposeService` makes. */
  readonly service: ExposedServiceSpec;
}

/** What an `ExposedService` is made from. */
export type ExposedServiceArgs = NewService | DescribedService;

/**
 * A service of the cluster, reachable from outside the box. One declaration makes three things from one port value: the
 * NodePort Service, the route through every gateway, and the location on every web server (none with `web: false`). They are
 * made in this order and removed in the opposite one, so that no step leads to a step that is not there.
 *
 * Port, location and what HAProxy and nginx do with requests decide the layout and are plain data; namespace, selector and
 * target port are for Kubernetes alone and may be outputs of other resources.
 *
 * The program that uses it needs what the box's own program needs: an SSH agent with the operator's key, and a
 * kubeconfig of the box's cluster. Host keys come with the box.
 *
 * @throws pulumi.ResourceError when this stack has given its port or its location away already.
 * @throws pulumi.RunError with every violation of a new service in one message.
 * @example
 * // A project of its own, which exposes a service on the box that stack `protobox` of project `gatebox` has made.
 * import { boxFromStack, ExposedService } from "gatebox";
 *
 * const box = await boxFromStack("organization/gatebox/protobox");
 * export const url = new ExposedService("wiki", {
 *   box,
 *   app: { port: 30170, namespace: "wiki", targetPort: 8080 },
 *   web: { location: "/wiki/", websocket: true },
 * }).url;
 */
export class ExposedService extends pulumi.ComponentResource {
  /** Where clients find it: its location, or without one the port on the gateways. */
  readonly url: pulumi.Output<string>;
  /** Its port on every gateway and node. */
  readonly port: pulumi.Output<number>;

  constructor(name: string, args: ExposedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { box } = args;
    const service = "service" in args ? args.service : described(name, args);
    const { port } = service.app;
    const app = "service" in args ? service.app : { ...service.app, ...inputsOf(args.app) };
    const location = service.web?.location;
    const { namespace, selector, targetPort, servicePort } = app;
    const shown = { box: box.name, port, location, namespace, selector, targetPort, servicePort };
    super("gatebox:index:ExposedService", name, shown, opts);
    const before = shortest(dependencies(opts));
    const nodePort = new k8s.core.v1.Service(
      `${name}-service`,
      nodePortService<KubernetesApp | ExposedServiceSpec["app"]>(service.name, app) as k8s.core.v1.ServiceArgs,
      {
        parent: this,
        dependsOn: before,
      },
    );
    waits(nodePort, before);
    const gateway = new GatewayRoute(
      `${name}-gateways`,
      { box, route: service.gateway },
      { parent: this, dependsOn: and(before, [nodePort]) },
    );
    if (service.web === undefined) {
      endsWith(this, [gateway]);
      this.url = pulumi.output(gatewayUrl(box, service));
    } else {
      const route = service.web;
      const dependsOn = and(before, [gateway]);
      const webservers = new WebserverRoute(`${name}-webservers`, { box, route }, { parent: this, dependsOn });
      endsWith(this, [webservers]);
      this.url = webservers.url;
    }
    this.port = pulumi.output(port);
    this.registerOutputs({ url: this.url, port: this.port });
  }
}

/** An app as Kubernetes gets it. */
type KubernetesApp = Required<ExposedApp> & Pick<ExposedServiceSpec["app"], "servicePort">;

/** What of an app may be known only while it is deployed. */
function inputsOf({ namespace, selector, targetPort }: ExposedApp): Partial<KubernetesApp> {
  return {
    namespace,
    ...(selector === undefined ? {} : { selector }),
    ...(targetPort === undefined ? {} : { targetPort }),
  };
}

/** Makes the service that was described: outputs, which no rule can look at, are left out of what is checked. */
function described(name: string, { box, app, ...declaration }: NewService): ExposedServiceSpec {
  const known = <T>(value: pulumi.Input<T> | undefined): T | undefined =>
    pulumi.Output.isInstance(value) || value instanceof Promise ? undefined : value;
  const { namespace, selector, targetPort, ...rest } = app;
  const plain = {
    ...rest,
    namespace: known(namespace) ?? "default",
    ...(known(selector) === undefined ? {} : { selector: known(selector) }),
    ...(known(targetPort) === undefined ? {} : { targetPort: known(targetPort) }),
  };
  return exposeService(box, name, { ...declaration, app: plain } as ServiceDeclaration);
}

/** Where a service without a location is found, from the gateways' network. */
function gatewayUrl(box: Box, { gateway }: ExposedServiceSpec): string {
  const { pool, network } = orRunError(() => kubeGatewaysOf(box));
  const virtual = Object.values(box.virtualIps).find((vip) => vip.pool === pool && vip.network === network);
  const address = virtual?.address ?? poolHosts(box, pool)[0]?.addresses[network] ?? pool;
  return `${gateway.mode}://${address.includes(":") ? `[${address}]` : address}:${gateway.port}`;
}
