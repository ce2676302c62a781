/** Metrics of other programs that dashboards ask for, by who tells them. `grafanaQueries.root.test.ts` asks the programs themselves. */
export const toldBy = {
  /** node exporter, by its collectors that are on by default. */
  node: [
    "node_load1",
    "node_boot_time_seconds",
    "node_nf_conntrack_entries",
    "node_disk_read_bytes_total",
    "node_disk_written_bytes_total",
    "node_disk_io_time_seconds_total",
  ],
  /** nginx' exporter, of `stub_status`. */
  nginx: ["nginx_http_requests_total", "nginx_connections_active", "nginx_connections_waiting"],
  /** HAProxy, of backends. */
  haproxy: [
    "haproxy_backend_http_responses_total",
    "haproxy_backend_queue_time_average_seconds",
    "haproxy_backend_connect_time_average_seconds",
    "haproxy_backend_total_time_average_seconds",
  ],
  /** Prometheus, of each target, and of its alerts. */
  prometheus: ["up", "ALERTS"],
} as const;

export const metricNames: ReadonlySet<string> = new Set(Object.values(toldBy).flat());
