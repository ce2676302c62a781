/** Grafana's own files. @see https://grafana.com/docs/grafana/v10.0/setup-grafana/configure-grafana/ */
import type { Box, Host } from "../../box/model.ts";
import { grafanaOf } from "../../box/sectionOf.ts";
import { prometheusOf } from "../prometheus/place.ts";
import { quoted } from "../prometheus/configuration.ts";
import { treeOf } from "../places.ts";
import { grafanaAddress, grafanaName, sourcesOf } from "./place.ts";

/** Where Grafana finds its secrets, readable to its group. */
export const grafanaSecretsPlace = "/run/gatebox-grafana/secrets";

/** Where it keeps its database: users, preferences and dashboards that people make. */
export const grafanaData = "/var/lib/grafana";

/** Where its tree has what it is provisioned with. */
const provisioned = `${treeOf(grafanaName)}/grafana`;

/**
 * `grafana/grafana.ini`. Nobody is let in without a log-in, nobody registers, and nothing is asked of or told to hosts outside of
 * the box: neither its makers nor Gravatar nor a store of plugins. Alerts are Alertmanager's.
 */
export function grafanaConfiguration(box: Box, host: Host): string {
  const grafana = grafanaOf(box);
  return `; Grafana of the box. Made by Gatebox: changes by hand are lost.
[paths]
data = ${grafanaData}
logs = /var/log/grafana
plugins = ${grafanaData}/plugins
provisioning = ${provisioned}/provisioning

[server]
protocol = http
http_addr = ${grafanaAddress(grafana, host)}
http_port = ${grafana.port}
root_url = ${grafana.url}
serve_from_sub_path = true
router_logging = false

[database]
type = sqlite3
path = grafana.db
wal = true

[security]
admin_user = admin
admin_password = $__file{${grafanaSecretsPlace}/admin-password}
secret_key = $__file{${grafanaSecretsPlace}/secret-key}
cookie_secure = true
cookie_samesite = lax
allow_embedding = false
disable_gravatar = true
disable_brute_force_login_protection = false
strict_transport_security = false

[users]
allow_sign_up = false
allow_org_create = false
viewers_can_edit = false

[auth]
disable_login_form = false

[auth.anonymous]
enabled = false
hide_version = true

[auth.basic]
enabled = true

[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
feedback_links_enabled = false

[news]
news_feed_enabled = false

[snapshots]
external_enabled = false

[plugins]
plugin_admin_enabled = false
public_key_retrieval_disabled = true

[unified_alerting]
enabled = false

[alerting]
enabled = false

[metrics]
enabled = true

[dashboards]
default_home_dashboard_path = ${provisioned}/dashboards/gatebox-hosts.json

[log]
mode = console
level = warn
`;
}

/** `grafana/provisioning/datasources/gatebox.yaml`: the box's Prometheus, which nobody changes by hand. */
export function dataSources(box: Box, host: Host): string {
  const { scrapeInterval } = prometheusOf(box);
  const sources = sourcesOf(box, host).map(
    ({ uid, name, url }, index) => `  - uid: ${quoted(uid)}
    name: ${quoted(name)}
    type: prometheus
    access: proxy
    url: ${quoted(url)}
    isDefault: ${index === 0}
    editable: false
    jsonData:
      httpMethod: POST
      manageAlerts: false
      timeInterval: ${quoted(scrapeInterval)}
`,
  );
  return `# Made by Gatebox: changes by hand are lost.
apiVersion: 1
datasources:
${sources.join("")}`;
}

/** `grafana/provisioning/dashboards/gatebox.yaml`: where dashboards are, which Grafana looks at again every few seconds. */
export const dashboardProvider = `# Made by Gatebox: changes by hand are lost.
apiVersion: 1
providers:
  - name: gatebox
    folder: The box
    folderUid: gatebox
    type: file
    allowUiUpdates: false
    updateIntervalSeconds: 5
    options:
      path: ${provisioned}/dashboards
`;
