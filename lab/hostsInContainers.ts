/** Fitting a stack file to hosts that are containers themselves, whose containerd the lab has set up before the stack. */
import { isMap, parseDocument } from "yaml";

/**
 * What a site with machines of its own does not want: the lab's containerd is taken over, the kubelets of a host in a container
 * drive cgroups by themselves, nobody there may lower the OOM killer's score or load an AppArmor profile, and the image of the
 * pods' namespaces was brought along, as a lab asks no public registry.
 */
export function onHostsInContainers(text: string, sandboxImage: string): string {
  const document = parseDocument(text);
  const runtime = document.getIn(["config", "gatebox:containerRuntime"]);
  if (!isMap(runtime)) return text;
  const settings = {
    adopt: true,
    systemdCgroup: false,
    restrictOomScoreAdj: true,
    disableApparmor: true,
    sandboxImage,
  };
  for (const [key, value] of Object.entries(settings)) runtime.set(key, value);
  return document.toString();
}
