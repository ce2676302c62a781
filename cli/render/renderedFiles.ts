import { stringify } from "yaml";
import type { Box } from "../../box/index.ts";
import { boxUnits } from "../../render/boxUnits.ts";
import { exportedMonitoring } from "../../render/prometheus/exported.ts";
import { registry } from "../../render/registry.ts";
import { nodePortService } from "../../render/kubernetes/nodePortService.ts";

/** A text that a box puts somewhere. */
export interface RenderedFile {
  /** The host that gets it, or `kubernetes`, or `monitoring`. */
  readonly owner: string;
  /** `ASSEMBLY/PATH` on a host, `NAMESPACE/NAME.yaml` in the cluster. */
  readonly path: string;
  readonly text: string;
  /** Octal permissions. */
  readonly mode: string;
}

/** The owner of what is put into the cluster. */
export const cluster = "kubernetes";

/** The owner of what is for a Prometheus of the operator's own. */
export const ownPrometheus = "monitoring";

/** Every file of every host of a box, what its own monitoring is to ask, and the objects of its cluster. The private key of TLS is not among them. */
export function renderedFiles(box: Box): RenderedFile[] {
  const objects = box.services.map((service) => {
    const object = { apiVersion: "v1", kind: "Service", ...nodePortService(service.name, service.app) };
    const { name, namespace } = object.metadata;
    return { owner: cluster, path: `${namespace}/${name}.yaml`, text: stringify(object), mode: "0644" };
  });
  // No file's content depends on the project: it is in the names of units only.
  const files = boxUnits(box, "gatebox").flatMap(({ host, assembly, files }) =>
    files.map(({ path, text, mode }) => ({ owner: host, path: `${assembly}/${path}`, text: ended(text), mode })),
  );
  const asked = exportedMonitoring(box, registry).map((file) => ({ owner: ownPrometheus, ...file }));
  return [...objects, ...files, ...asked];
}

/** The host's runtime ends the last line of each file that has one. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
