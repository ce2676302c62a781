/** The faults of shared volumes and of containerd, and the mechanisms that keep their users from noticing them. */
import { NODE } from "../faults/runtime.ts";
import { MEMBERS, VOLUME } from "../scene.ts";
import { dropIn, edited, line, type Ablation, type Step } from "./ablation.ts";

/** Options of the volume, until they are as they were. */
function options(...changed: readonly (readonly [name: string, without: string, declared: string])[]): {
  readonly remove: readonly Step[];
  readonly restore: readonly Step[];
} {
  const set = (name: string, value: string): Step => line(`gluster --mode=script --timeout=20 volume set ${VOLUME} ${name} ${value}`); // prettier-ignore
  return {
    remove: changed.map(([name, value]) => set(name, value)),
    restore: changed.map(([name, , value]) => set(name, value)),
  };
}

const ON_ONE = { hosts: MEMBERS.slice(0, 1) };

export const ofClusterSide: readonly Ablation[] = [
  {
    fault: "containerd-killed",
    mechanism: "what keeps pods when containerd ends (KillMode=process)",
    breaks: "containers that were started again",
    hosts: [NODE],
    ...dropIn("containerd", ["KillMode=control-group"]),
  },
  {
    fault: "brick-off",
    mechanism: "the ping time-out (five minutes)",
    breaks: "longest silence of a connection",
    ...ON_ONE,
    ...options(["network.ping-timeout", "300", "10"]),
    change: (fault) => ({ ...fault, brokenSeconds: 60 }),
  },
  {
    fault: "brick-off",
    mechanism: "GlusterFS' healing by itself",
    breaks: "until nothing was left to heal",
    ...ON_ONE,
    ...options(["cluster.self-heal-daemon", "off", "on"]),
  },
  {
    fault: "brick-cut-off",
    mechanism: "the quorum of clients",
    breaks: "writes taken where no majority is",
    ...ON_ONE,
    ...options(["cluster.quorum-type", "none", "auto"]),
    // Until GlusterFS knows that the others are gone, which takes it up to 20 s, everybody waits for them.
    change: (fault) => ({ ...fault, brokenSeconds: 40 }),
  },
  {
    fault: "volume-first-server-off",
    mechanism: "the choice of a server that answers",
    breaks: "until it was mounted",
    hosts: ["gateway-2"],
    ...edited("/etc/gatebox/shared-mounts", "mounts.list", "s/ [^ ]*$/ -/", ["true"]),
  },
  {
    fault: "volume-all-booted",
    mechanism: "the timer that mounts volumes",
    breaks: "until it was mounted on all",
    hosts: MEMBERS,
    remove: [line("systemctl disable gatebox-shared-mounts.timer")],
    restore: [line("systemctl enable --now gatebox-shared-mounts.timer")],
  },
];
