import { z } from "zod";
import { nodePortRange } from "../../ports.ts";
import { closed } from "../../schema/closed.ts";
import { named } from "../../schema/references.ts";
import { name, port } from "../../schema/scalars.ts";

// Kubernetes, "Labels and Selectors": an optional DNS prefix, then at most 63 characters.
const labelKey = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    "is not the key of a Kubernetes label",
  );
const labelValue = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, "is not the value of a Kubernetes label");

// RFC 6335: names of ports, of which Kubernetes takes the lower-case ones.
const portName = z
  .string()
  .regex(
    /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/,
    "is neither a port nor the name of a container's port",
  );

const notNodePort = `This value is not a port that Kubernetes gives: write a whole number from ${nodePortRange.first} to ${nodePortRange.last}.`;

const app = closed({
  // A port outside of the range is a rule, which names a free one; editors get the range.
  port: port
    .meta({ minimum: nodePortRange.first, maximum: nodePortRange.last, errorMessage: notNodePort })
    .describe(
      "The one port value: NodePort of the Service, port on the gateways, port of the upstream. 30000 to 32767, unique.",
    ),
  namespace: name.describe("Namespace of its pods, and of the Service that exposes them."),
  selector: z
    .record(labelKey, labelValue)
    .refine((labels) => Object.keys(labels).length > 0, "is empty: it matches no pods; leave it out or name a label")
    .optional()
    .describe("Labels of its pods. Default `{app: <name of the app>}`."),
  servicePort: port.default(80).describe("Port of the Service inside the cluster. Default 80."),
  targetPort: z
    .union([port, portName], { error: "is neither a port nor the name of a container's port" })
    .optional()
    .describe("Port of the pods, a number or a name. Default: the same as `servicePort`."),
});

/** Section `apps`: the workloads in the cluster and their ports. */
export const schema = named(name, app)
  .default({})
  .describe("Workloads in the cluster by name, each with the one port value under which it is known everywhere.");
