import type { Box } from "../../../box/model.ts";
import type { Dashboard } from "./dashboard.ts";
import { lines, numbers, states, table, type Panel } from "./panels.ts";

/** Disks, and the volumes that hosts share. */
export function storageDashboard(box: Box): Dashboard {
  const hasGluster = Object.values(box.sharedVolumes).some(({ kind }) => kind === "gluster");
  return {
    uid: "gatebox-storage",
    title: "Storage",
    about: "How full disks are, how busy, and whether the copies of shared volumes are alike.",
    rows: [...(hasGluster ? gluster : []), ...disks],
  };
}

const disks: readonly (readonly Panel[])[] = [
  [
    table("File systems", { expr: "host:filesystem_used:ratio", legend: "" }, ["host", "mountpoint"], { unit: "percentunit", value: "used" }), // prettier-ignore
    lines("File systems over time", [{ expr: "host:filesystem_used:ratio > 0.5", legend: "{{host}} {{mountpoint}}" }], { unit: "percentunit", max: 1, about: "Those that are more than half full." }), // prettier-ignore
  ],
  [
    lines("Read", [{ expr: "sum by (host) (rate(node_disk_read_bytes_total[1m]))", legend: "{{host}}" }], {
      unit: "Bps",
    }),
    lines("Written", [{ expr: "sum by (host) (rate(node_disk_written_bytes_total[1m]))", legend: "{{host}}" }], { unit: "Bps" }), // prettier-ignore
    lines("Busy", [{ expr: "max by (host, device) (rate(node_disk_io_time_seconds_total[1m]))", legend: "{{host}} {{device}}" }], { unit: "percentunit" }), // prettier-ignore
  ],
];

const gluster: readonly (readonly Panel[])[] = [
  [
    numbers("Bricks that are online", [{ expr: "max by (volume) (gatebox_gluster_bricks_online)", legend: "{{volume}}" }]), // prettier-ignore
    numbers("Bricks", [{ expr: "max by (volume) (gatebox_gluster_bricks)", legend: "{{volume}}" }]),
    numbers("Files to be healed", [{ expr: "max by (volume) (gatebox_gluster_heal_pending)", legend: "{{volume}}" }], { alarming: 1 }), // prettier-ignore
  ],
  [
    states("GlusterFS: sees a majority", [{ expr: "max by (host) (gatebox_gluster_quorum)", legend: "{{host}}" }], { on: "quorum", off: "alone" }), // prettier-ignore
    lines("GlusterFS: files to be healed", [{ expr: "max by (host, volume) (gatebox_gluster_heal_pending)", legend: "{{volume}} on {{host}}" }]), // prettier-ignore
  ],
];
