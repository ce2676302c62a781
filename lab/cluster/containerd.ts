/** containerd on a node until the stack takes it over, with the images that the cluster's own pods need. */
import { readFile } from "node:fs/promises";
import { exec, execChecked } from "../hosts/exec.ts";
import type { LabHost } from "../inventory.ts";
import type { PodImage } from "../pods/image.ts";
import type { Lab } from "../state.ts";
import type { HostService } from "./hostServices.ts";
import { CNI_CONFIGURATION_DIRECTORY } from "./podNetwork.ts";
import { daemonUnit } from "./unitFile.ts";

/** Where the kubelet finds it. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** The containerd service of any node. */
export function containerd(image: PodImage): HostService {
  const unit = "containerd.service";
  return {
    unit,
    files: [
      daemonUnit({
        unit,
        description: "containerd of the lab's cluster",
        command: ["/usr/bin/containerd"],
        settings: [
          // Pods outlive a restart of the daemon that started them.
          "KillMode=process",
          "Delegate=yes",
          "LimitNOFILE=1048576",
          "TasksMax=infinity",
        ],
      }),
      { path: "/etc/containerd/config.toml", content: configuration(image) },
    ],
  };
}

/**
 * containerd 1.6 reads version 2 of its configuration. Without CAP_SYS_RESOURCE, which machines in containers lack, runc
 * cannot lower the OOM score of a pod and dies unless it is configured not to (`restrict_oom_score_adj`).
 */
function configuration(image: PodImage): string {
  return `version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${image.pause}"
  restrict_oom_score_adj = true
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${CNI_CONFIGURATION_DIRECTORY}"

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
`;
}

/** Gives a node the image of the pods, unless it has it. */
export async function importImage(lab: Lab, node: LabHost, image: PodImage): Promise<void> {
  const listed = await exec(lab, node.name, "ctr -n k8s.io images list -q", { timeoutSeconds: 60 });
  const names = listed.stdout.split("\n");
  if (names.includes(image.web) && names.includes(image.pause)) {
    return;
  }
  const input = await readFile(image.archive);
  await execChecked(lab, node.name, "importing the pods' image", "ctr -n k8s.io images import -", {
    input,
    timeoutSeconds: 120,
  });
}
