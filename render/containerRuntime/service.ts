import type { Box } from "../../box/model.ts";
import { containerRuntimeOf } from "../../box/index.ts";
import { treeOf } from "../places.ts";
import { wholeNumber } from "../scalars.ts";
import { containerRuntime } from "./configuration.ts";
import { proxyLines } from "./proxy.ts";

/** The unit of every distribution of containerd. */
export const containerdUnit = "containerd.service";

/**
 * `systemd/containerd.conf`, a drop-in: whatever unit the host has, a container's processes belong to it and not to containerd,
 * which is what lets pods live through its restart.
 */
export function containerdDropIn(box: Box): string {
  const { limits, restrictOomScoreAdj } = containerRuntimeOf(box);
  return `# Runs it as Gatebox declares, from /etc/gatebox/container-runtime
[Unit]
StartLimitIntervalSec=0

[Service]
ExecStartPre=/bin/sh ${treeOf(containerRuntime)}/scripts/configure
Delegate=yes
KillMode=process
Restart=always
RestartSec=1s
LimitNOFILE=${wholeNumber(limits.openFiles, 1, "openFiles of the limits")}
LogRateLimitIntervalSec=30s
LogRateLimitBurst=${wholeNumber(limits.journalLines, 1, "journalLines of the limits")}
${restrictOomScoreAdj ? "OOMScoreAdjust=0\n" : ""}${proxyLines(box).map((line) => `${line}\n`).join("")}`; // prettier-ignore
}
