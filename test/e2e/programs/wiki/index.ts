import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { boxFromStack, ExposedService } from "../../../../components/index.ts";

/** A stack of its own, which brings an application into the cluster and exposes it on the box of another stack. */
const config = new pulumi.Config("wiki");
const box = await boxFromStack(config.require("box"));

const name = config.get("name") ?? "wiki";
const labels = { app: name };

const namespace = new k8s.core.v1.Namespace(name, { metadata: { name } });

const deployment = new k8s.apps.v1.Deployment(
  name,
  {
    metadata: { name, namespace: name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: "web",
              image: config.require("image"),
              // The lab's nodes have the image; there is no registry that would.
              imagePullPolicy: "Never",
              env: [
                { name: "APP_NAME", value: name },
                { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
              ],
              ports: [{ name: "http", containerPort: 8080 }],
              readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
  { dependsOn: namespace },
);

const wiki = new ExposedService(
  name,
  {
    box,
    // The namespace is made here, too: what only Kubernetes needs may be an output.
    app: {
      port: config.requireNumber("port"),
      namespace: namespace.metadata.name,
      targetPort: 8080,
      selector: labels,
    },
    options: ["httplog"],
    web: { location: config.get("location") ?? `/${name}/` },
  },
  { dependsOn: deployment },
);

/** Where a person finds the wiki. */
export const urls = { [name]: wiki.url };
