/** A wiki on a box that another stack has made: its Deployment here, and the whole way to it from outside the box. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { boxFromStack, ExposedService } from "gatebox";

const config = new pulumi.Config();
const box = await boxFromStack(config.require("box"));

const namespace = new k8s.core.v1.Namespace("wiki");
const labels = { app: "wiki" };
const deployment = new k8s.apps.v1.Deployment("wiki", {
  metadata: { namespace: namespace.metadata.name },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: "wiki", image: config.require("image"), ports: [{ containerPort: 8080 }] }] },
    },
  },
});

const wiki = new ExposedService(
  "wiki",
  {
    box,
    app: { port: 30170, namespace: namespace.metadata.name, selector: labels, targetPort: 8080 },
    web: { location: "/wiki/", websocket: true },
  },
  { dependsOn: deployment },
);

export const { url } = wiki;
