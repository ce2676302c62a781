/** The units that have the sources of metrics asked. */
import { afterTraffic, behindTraffic } from "../bootOrder.ts";
import { treeOf } from "../places.ts";

/** Asks the sources whose metrics are old, and ends. What they complain of stands in the journal; that they are asked does not. */
export function metricsService(): string {
  return `[Unit]
Description=Metrics of this host for Prometheus, beside those of its programs
${afterTraffic}
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/bin/perl ${treeOf("metrics")}/scripts/collect
TimeoutStartSec=180
${behindTraffic}
LogLevelMax=notice
SyslogLevel=warning
`;
}

/** As often as the most hurried source wants, and as Prometheus asks. */
export function metricsTimer(): string {
  return `[Unit]
Description=Metrics of this host for Prometheus, every 15 s

[Timer]
OnActiveSec=1s
OnUnitActiveSec=15s
AccuracySec=1s

[Install]
WantedBy=timers.target
`;
}

/**
 * At once when one of these files is another one. One that becomes so while the service runs is noticed by its next run.
 *
 * @param files without which nothing is watched
 */
export function metricsPath(files: readonly string[]): string {
  return `[Unit]
Description=Metrics of this host for Prometheus, when what they tell of has changed

[Path]
${files.map((file) => `PathChanged=${file}\n`).join("")}
[Install]
WantedBy=paths.target
`;
}
