import assert from "node:assert/strict";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { describeViolations } from "../violations.ts";
import { monitoringPlace } from "../../render/sampleMonitoring.ts";
import { ruleFileFault } from "../../../box/sections/monitoring/ownRules.ts";
import { monitoringSecretFaults } from "../../../box/sections/monitoring/secrets.ts";

const prometheus = (keys: object) => ({ monitoring: { ...monitoringPlace, prometheus: keys } });
const alertmanager = (keys: object) => ({ monitoring: { ...monitoringPlace, prometheus: {}, alertmanager: keys } });
const receivers = (keys: object) => alertmanager({ receivers: { ops: keys } });
const volume = {
  "sharedVolumes.kept": { kind: "nfs", mountPoint: "/srv/kept", clients: ["nat-gateway-pool"], server: "192.168.2.90", export: "/kept" }, // prettier-ignore
};

describeViolations("monitoring's servers", [
  {
    breaks: "a retention that is no duration or no size",
    changes: prometheus({ retention: { time: "two weeks", size: "5" } }),
    says: [
      'monitoring.prometheus.retention.time: "two weeks" is not a duration: write a whole number and s, m, h, d, w or y, such as 15d',
      'monitoring.prometheus.retention.size: "5" is not a size: write a whole number and MB, GB or TB, such as 5GB',
    ],
  },
  {
    breaks: "a scrape interval that is too long",
    changes: prometheus({ scrapeInterval: "5m" }),
    says: [
      'monitoring.prometheus.scrapeInterval: "5m" is longer than 2m: Prometheus takes what it has not heard of for five minutes to be gone, and alerts would come late',
    ],
  },
  {
    breaks: "storage that is relative",
    changes: prometheus({ storage: "data/prometheus" }),
    says: [
      'monitoring.prometheus.storage: "data/prometheus" is not the absolute path of a directory, two steps deep or more',
    ],
  },
  {
    breaks: "storage on a volume that hosts share",
    changes: { ...volume, ...prometheus({ storage: "/srv/kept/prometheus" }) },
    says: [
      "monitoring.prometheus.storage: /srv/kept/prometheus is on the shared volume kept of gateway-4: Prometheus keeps its samples on a local disk only, as a database that two servers or a network file system write to is soon damaged; choose a place under /var/lib/prometheus",
    ],
  },
  {
    breaks: "storage in a place of the system, and in one that the service may not write to",
    changes: prometheus({ storage: "/var/lib/gatebox/samples" }),
    says: [
      "monitoring.prometheus.storage: /var/lib/gatebox/samples lies in /var/lib/gatebox, which is the system's: choose a place under /var/lib/prometheus, or one of its own under /srv",
    ],
  },
  {
    breaks: "own rules that are no YAML, and that are no rules",
    changes: prometheus({ rules: { one: "groups: [", two: "groups:\n  - name: a\n    rules:\n      - alert: B\n" } }),
    says: [
      "monitoring.prometheus.rules.one: is no YAML, in line 1: Flow sequence in block collection must be sufficiently indented and end with a ]",
      'monitoring.prometheus.rules.two: groups[0].rules[0] has no "expr": write the expression',
    ],
  },
  {
    breaks: "a receiver without an address",
    changes: receivers({}),
    says: ["monitoring.alertmanager.receivers.ops: has no address: write webhook, email or slack"],
  },
  {
    breaks: "an e-mail without a mail server, and one without a port",
    changes: alertmanager({
      receivers: {
        ops: { email: { to: "a@b.c", from: "d@e.f" } },
        b: { email: { to: [], from: "x", smarthost: "mail" } },
      },
      route: { receiver: "ops" },
    }),
    says: [
      "monitoring.alertmanager.receivers.ops.email.smarthost: is missing: write a text",
      "monitoring.alertmanager.receivers.b.email.to: [] is empty: write an address",
      'monitoring.alertmanager.receivers.b.email.from: "x" is not an e-mail address such as ops@site.example',
      'monitoring.alertmanager.receivers.b.email.smarthost: "mail" is not a host with its port, such as mail.site.example:587',
    ],
  },
  {
    breaks: "a webhook with a password in plain, which is not quoted",
    changes: receivers({ webhook: { url: "https://box:hunter2@hooks.site/x" } }),
    says: [
      "monitoring.alertmanager.receivers.ops.webhook.url: holds a user name or a password, which would stand in plain in the state and on the hosts: write the URL without",
    ],
  },
  {
    breaks: "texts of several lines",
    changes: receivers({ slack: { channel: "#ops\nfoo: bar" } }),
    says: [
      'monitoring.alertmanager.receivers.ops.slack.channel: "#ops\\nfoo: bar" is not one line of letters, digits and signs',
    ],
  },
  {
    breaks: "users that nobody asks for, and one that is missing",
    changes: alertmanager({
      receivers: {
        ops: { webhook: { url: "https://hooks.site/x", authentication: "basic" } },
        b: { webhook: { url: "https://hooks.site/x", username: "box" } },
      },
      route: { receiver: "ops" },
    }),
    says: [
      "monitoring.alertmanager.receivers.ops.webhook.username: is missing: authentication basic asks for a user",
      'monitoring.alertmanager.receivers.b.webhook.username: "box" is asked for nowhere: write authentication: basic, or take it out',
    ],
  },
  {
    breaks: "alerts for receivers that there are not",
    changes: alertmanager({
      receivers: { ops: { slack: {} } },
      route: { receiver: "opps", branches: [{ receiver: "pager" }] },
      watchdog: "dog",
    }),
    says: [
      'monitoring.alertmanager.route.receiver: unknown receiver "opps" (did you mean "ops"?)',
      'monitoring.alertmanager.route.branches[0].receiver: unknown receiver "pager" (known: ops)',
      'monitoring.alertmanager.watchdog: unknown receiver "dog" (known: ops)',
    ],
  },
  {
    breaks: "several receivers, none of which is for the rest",
    changes: alertmanager({ receivers: { ops: { slack: {} }, night: { slack: {} } } }),
    says: [
      "monitoring.alertmanager.route.receiver: is missing, and there are 2 receivers: name who gets what no branch is for",
    ],
  },
  {
    breaks: "hosts that share no network",
    changes: {
      "pools.apart-pool": ["webserver-1", "supervisor-1"],
      monitoring: { pool: "apart-pool", networks: ["box-network", "gateway-network"], prometheus: {} },
    },
    says: [
      "monitoring.pool: the hosts of apart-pool share none of box-network, gateway-network, and the servers of monitoring talk to each other: name a pool whose hosts are on one network",
    ],
  },
  {
    breaks: "a network that a host is not on",
    changes: {
      "pools.apart-pool": ["gateway-4", "supervisor-1"],
      monitoring: { pool: "apart-pool", networks: ["box-network", "gateway-network"], network: "gateway-network", prometheus: {} }, // prettier-ignore
    },
    says: [
      'monitoring.network: "gateway-network": supervisor-1 is not on it, and the servers of monitoring listen there: name a network that all hosts of apart-pool are on',
    ],
  },
  {
    breaks: "a remote end with a password in its URL",
    changes: prometheus({ remoteWrite: { url: "https://a:b@metrics.site/", authentication: "basic" } }),
    says: [
      "monitoring.prometheus.remoteWrite.url: holds a user name or a password, which would stand in plain in the state and on the hosts: write the URL without",
      "monitoring.prometheus.remoteWrite.username: is missing: authentication basic asks for a user",
    ],
  },
]);

describe("monitoring's servers", () => {
  it("have defaults, the web servers' network before all others, and the only receiver for everything", () => {
    const box = parseProtobox(receivers({ slack: {} }));
    assert.equal(box.monitoring?.network, "gateway-network");
    assert.deepEqual(box.monitoring.prometheus, {
      port: 9090,
      retention: { time: "15d", size: "5GB" },
      storage: "/var/lib/prometheus/metrics2",
      scrapeInterval: "15s",
      rules: {},
    });
    assert.equal(box.monitoring.alertmanager?.route.receiver, "ops");
    assert.deepEqual(
      box.warnings.filter((one) => one.startsWith("monitoring")),
      [],
    );
  });

  it("may be on a volume that is a directory of the host itself, and beside one that is shared", () => {
    const local = { "sharedVolumes.kept": { kind: "local", mountPoint: "/srv/kept", clients: ["nat-gateway-pool"], directory: "/data" } }; // prettier-ignore
    assert.deepEqual(
      violationsOf(() => parseProtobox({ ...local, ...prometheus({ storage: "/srv/kept/samples" }) })),
      [],
    );
    assert.deepEqual(
      violationsOf(() => parseProtobox({ ...volume, ...prometheus({ storage: "/srv/keptapart" }) })),
      [],
    );
  });

  it("make their hosts configured ones, and warn where nobody is told", () => {
    const box = parseProtobox({
      monitoring: { ...monitoringPlace, pool: "search-pool", networks: ["box-network", "gateway-network", "public-network"], prometheus: {}, alertmanager: {} }, // prettier-ignore
      webservers: undefined, services: undefined, natGateways: [], virtualIps: undefined, "hostNetworks.pools": [],
      sharedVolumes: undefined,
    }); // prettier-ignore
    assert.equal(box.monitoring?.network, "box-network");
    assert.deepEqual(box.warnings, ["monitoring.alertmanager.receivers: is empty: alerts are seen on Alertmanager's pages, and nobody is told of them"]); // prettier-ignore
  });

  it("have a secret for each receiver that sends with one, and no others", () => {
    const { monitoring } = parseProtobox(
      alertmanager({
        receivers: {
          ops: { slack: {}, email: { to: "a@b.c", from: "d@e.f", smarthost: "m:25" } },
          night: { webhook: { url: "https://hooks.site/x", authentication: "bearer" } },
        },
        route: { receiver: "ops" },
      }),
    );
    assert.deepEqual(monitoringSecretFaults(monitoring, ["ops.slack", "night.webhook"]), []);
    assert.deepEqual(monitoringSecretFaults(monitoring, ["ops.slack", "ops.email"]).map(({ path, message }) => `${path}: ${message}`), [
      `monitoringSecrets["night.webhook"]: is missing: "pulumi config set --secret --path 'gatebox:monitoringSecrets["night.webhook"]'"`,
      'monitoringSecrets["ops.email"]: is what nobody sends with: name a receiver that does, or take it out',
    ]); // prettier-ignore
    assert.equal(monitoringSecretFaults(undefined, []).length, 0);
  });

  for (const [what, text, fault] of [
    [
      "sound",
      "groups:\n- name: a\n  rules:\n  - { alert: A, expr: up == 0, for: 1m }\n  - { record: 'a:b', expr: 1 }\n",
      undefined,
    ],
    ["empty", "", 'is no file of rules: write "groups:" and below it a list of groups'],
    [
      "a group twice",
      "groups: [{ name: a, rules: [] }, { name: a, rules: [] }]",
      'groups[1]: the name "a" is another group\'s: choose another',
    ],
    [
      "a rule of both kinds",
      "groups: [{ name: a, rules: [{ alert: b, record: c, expr: d }] }]",
      'groups[0].rules[0] is to have one of "alert" and "record"',
    ],
    ["no rules", "groups: [{ name: a }]", 'groups[0], "a", has no list of rules'],
  ] as const)
    // prettier-ignore
    it(`own rules: ${what}`, () => assert.equal(ruleFileFault(text), fault));
});
