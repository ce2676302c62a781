/** What an HAProxy says of itself. */

/**
 * The frontend with its health and its metrics.
 *
 * @param defaults the section `defaults` that it goes by, of mode http
 * @param metrics where it listens: an address with a port
 */
export function metricsFrontend(defaults: string, metrics: string): string {
  return `frontend gatebox-metrics from ${defaults}
    bind ${metrics}
    no log
    monitor-uri /healthz
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 404 content-type text/plain string "not found"
`;
}
