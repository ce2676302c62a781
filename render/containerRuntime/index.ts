/**
 * containerd: what runs the containers of a node, and where it takes their images from.
 *
 * @see ContainerRuntime
 */
import { containerRuntimeOf, packagesOfDebian } from "../../box/index.ts";
import type { Box, Host } from "../../box/model.ts";
import { EffectKind, type Assembly, type OpenPort, type Program } from "../assembly.ts";
import { clusterNodeLocalPorts, clusterNodePorts } from "../gateway/clusterNode.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import type { TreeFile } from "../treeFile.ts";
import { usedInterfaces } from "../usedInterfaces.ts";
import { configurationText, containerRuntime, declaredText } from "./configuration.ts";
import { openRegistryFiles } from "./registries.ts";
import { containerdDropIn, containerdUnit } from "./service.ts";

/** containerd on the hosts that run containers. */
export const containerRuntimeAssembly: Assembly = {
  name: containerRuntime,
  pools: (box) => box.containerRuntime?.pools ?? [],
  programs: [containerd(packagesOfDebian)],
  programsOn: containerRuntimePrograms,
  effects: [
    {
      unit: "containerd.service",
      does: EffectKind.Restart,
      files: ["containerd/config.toml", "containerd/logins/", "systemd/containerd.conf"],
      serviceOf: "systemd/containerd.conf",
      noticed: "no image is pulled and no pod starts meanwhile; pods that run go on",
    },
  ],
  files: containerRuntimeFiles,
  ports: containerRuntimePorts,
  localPorts: () => clusterNodeLocalPorts,
  // Other nodes ask for its pods.
  forwardsFrom: (box) => [containerRuntimeOf(box).network],
  metricsSources: () => [{ name: "containerd", script: script(import.meta.dirname, "metrics.pl"), every: 15 }],
};

/** What a host gets of the distribution; of containerd nothing where the stack takes over what is there. */
function containerRuntimePrograms(box: Box): readonly Program[] {
  const { packages, adopt } = containerRuntimeOf(box);
  return [adopt ? { ...containerd([]), maskedUntilConfigured: [] } : containerd(packages)];
}

function containerd(packages: readonly string[]): Program {
  // Where somebody else brings containerd, what is installed is what its probe asks with: no version of that is containerd's.
  const name = packages.length === 0 ? "curl" : "containerd";
  return { name, packages: [...packages, "curl", "procps"], maskedUntilConfigured: [containerdUnit] };
}

function containerRuntimeFiles(box: Box): TreeFile[] {
  const runtime = containerRuntimeOf(box);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  return [
    text("containerd/config.toml", configurationText(runtime)),
    text("tools/crictl.yaml", crictl),
    text("tools/nerdctl.toml", nerdctl(runtime.snapshotter, runtime.cni)),
    text("systemd/containerd.conf", containerdDropIn(box)),
    ...openRegistryFiles(runtime),
    text("lifecycle/declared", declaredText(runtime)),
    text(
      "lifecycle/settings",
      settings({
        major: runtime.major,
        adopt: runtime.adopt ? "yes" : "",
        cgroup_driver: runtime.systemdCgroup ? "systemd" : "cgroupfs",
        sandbox_image: runtime.sandboxImage,
        snapshotter: runtime.snapshotter,
        free_disk_mb: runtime.limits.freeDiskMb,
      }),
    ),
    usedInterfaces([]),
    { path: "scripts/configure", mode: "0755", text: script(import.meta.dirname, "configure.sh") },
    ...["check", "activate", "probe", "deactivate"].map((step): TreeFile => ({
      path: `lifecycle/${step}`,
      mode: "0755",
      text: script(import.meta.dirname, `${step}.sh`),
    })),
    text("lifecycle/links", `/etc/systemd/system/${containerdUnit}.d/gatebox.conf systemd/containerd.conf\n`),
  ];
}

const crictl = `# Made by Gatebox.
runtime-endpoint: unix:///run/containerd/containerd.sock
image-endpoint: unix:///run/containerd/containerd.sock
timeout: 10
`;

/** nerdctl shows what Kubernetes runs, and pulls as containerd's own plugin for it does. */
function nerdctl(
  snapshotter: string,
  { binDir, confDir }: { readonly binDir: string; readonly confDir: string },
): string {
  return `# Made by Gatebox.
address = "/run/containerd/containerd.sock"
namespace = "k8s.io"
snapshotter = "${snapshotter}"
hosts_dir = ["/etc/gatebox/${containerRuntime}/certs.d"]
cni_path = "${binDir}"
cni_netconfpath = "${confDir}"
`;
}

/** A host that runs containers is a node of the cluster; of the gateways, their own assembly says so. */
function containerRuntimePorts(box: Box, host: Host): OpenPort[] {
  const { kubeGateways } = box;
  const isGateway = kubeGateways !== undefined && box.pools[kubeGateways.pool]?.members.includes(host.name);
  return isGateway ? [] : clusterNodePorts(containerRuntimeOf(box).network);
}
