import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument } from "yaml";
import { operatorHome, project, stackFile } from "../../lab/stack.ts";
import { readRecord } from "../../lab/state.ts";
import { baseConfiguration, journalPlaces, none, sshConnections, world } from "./world.ts";

/** A violation in a stack file, and the lines that report it. */
interface BadInput {
  readonly made: string;
  /** What is written where, keys of the sections separated by `/`; undefined removes it. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** Hosts whose lines are missing in the known_hosts file. */
  readonly withoutKeys?: readonly string[];
  readonly says: readonly string[];
}

const toGateways = { group: { name: "kube-gateway-pool" } };

/** Violations that have nothing to do with each other, all made in one file. */
const atOnce: readonly BadInput[] = [
  {
    made: "an unknown host",
    changes: { "pools/search-pool": ["search-1", "search-2", "database-4"] },
    says: ['pools.search-pool[2]: unknown host "database-4" (did you mean "database-1"?)'],
  },
  {
    made: "an unknown network",
    changes: { "hosts/database-1/addresses/storage-network": "192.168.3.31" },
    says: [
      'hosts.database-1.addresses.storage-network: unknown network "storage-network" (known: box-network, gateway-network, public-network)',
    ],
  },
  {
    made: "an unknown app",
    changes: { "kubeGateways/routes/logs": { app: "monitoring", destination: toGateways } },
    says: [
      'kubeGateways.routes.logs.app: unknown app "monitoring" (known: argocd, dash, keycloak, kibana, pgadmin4, v-admin)',
    ],
  },
  {
    made: "a service of no app",
    changes: { "services/grafana": {} },
    says: ['services.grafana.app: unknown app "grafana" (known: argocd, dash, keycloak, kibana, pgadmin4, v-admin)'],
  },
  {
    made: "an unknown pool",
    changes: { "webservers/routes/kibana/upstream/group": "kube_gateway_pool" },
    says: [
      'webservers.routes.kibana.upstream.group: unknown pool "kube_gateway_pool" (did you mean "kube-gateway-pool"?)',
    ],
  },
  {
    made: "the documents' arogcd",
    changes: { "services/argocd/app": "arogcd" },
    says: ['services.argocd.app: unknown app "arogcd" (did you mean "argocd"?)'],
  },
  {
    made: "two routes on one port",
    changes: { "kubeGateways/routes/login": { app: "keycloak", destination: toGateways } },
    says: [
      "services.keycloak.app: port 30162 of the gateways is declared by kubeGateways.routes.login already: keep one",
    ],
  },
  {
    made: "two routes on one location",
    changes: { "services/v-admin/web": { location: "/kibana/" } },
    says: ["services.v-admin.web.location: /kibana/ is declared by webservers.routes.kibana already: keep one"],
  },
  {
    made: "a NodePort outside of 30000–32767",
    changes: { "apps/dash/port": 8080 },
    says: ["apps.dash.port: 8080 is outside of the NodePorts 30000–32767 that Kubernetes gives: 30161 is free"],
  },
  {
    made: "an expression of Jinja",
    changes: { "kubeGateways/routes/admin": { port: "{{ app.v-admin.port }}", destination: toGateways } },
    says: [
      'kubeGateways.routes.admin.port: "{{ app.v-admin.port }}" is a Jinja expression, which nothing evaluates here (and Jinja itself would subtract: app.v - admin.port): write "app: v-admin" instead',
    ],
  },
  {
    made: "an address outside of its network",
    changes: { "hosts/node-2/addresses/box-network": "192.168.2.52" },
    says: [
      "hosts.node-2.addresses.box-network: 192.168.2.52 lies outside of box-network 192.168.1.0/24: it lies in gateway-network 192.168.2.0/24",
    ],
  },
  {
    made: "an address of two hosts",
    changes: { "hosts/search-1/addresses/box-network": "192.168.1.32" },
    says: [
      "hosts.search-1.addresses.box-network: 192.168.1.32 is taken by hosts.database-2.addresses.box-network: an address belongs to one host",
    ],
  },
  {
    made: "a missing host key",
    changes: {},
    withoutKeys: ["gateway-3"],
    says: [
      "hosts.gateway-3.hostKey: is missing, and the known_hosts file has no line for gateway-3 or 192.168.1.13: write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there",
    ],
  },
  {
    made: "an empty pool",
    changes: { "pools/nodes-pool": [] },
    says: ["pools.nodes-pool: [] is an empty pool: name at least one host, or remove the pool"],
  },
  {
    made: "an unknown section",
    changes: { webserver: { pool: "webservers-pool" } },
    says: ['webserver: unknown key "webserver" (did you mean "webservers"?)'],
  },
  {
    made: "an unknown key in a section",
    changes: { "kubeGateways/metricPort": 8405 },
    says: ['kubeGateways.metricPort: unknown key "metricPort" (did you mean "metricsPort"?)'],
  },
  {
    made: "a value of the wrong type",
    changes: { "apps/kibana/servicePort": "80", "webservers/serverNames": "protobox.test" },
    says: [
      'apps.kibana.servicePort: "80" is a text, expected a number: leave out the quotes',
      'webservers.serverNames: "protobox.test" is a text, expected a list: write [protobox.test]',
    ],
  },
];

/** The documents' own: NodePort and gateway say 30165, the stream of the web servers says 30164. */
const disagreement: BadInput = {
  made: "the documents' 30164 for 30165",
  changes: {
    "services/pgadmin4": undefined,
    "kubeGateways/routes/pgadmin4": { app: "pgadmin4", destination: toGateways },
    "webservers/routes/pgadmin4": {
      location: "/pgadmin4/",
      params: { proxy_pass: { values: "http://stream_vadmin/" } },
      upstream: { name: "stream_vadmin", port: 30164, group: "kube-gateway-pool" },
    },
  },
  says: [
    'webservers.routes.pgadmin4.upstream.port: 30164 is the port of app "v-admin", but the route is named after app "pgadmin4", whose port is 30165: write "app: pgadmin4" or "app: v-admin"',
  ],
};

/** Everything in a directory, by path, as far as a change of it would show. */
async function contents(directory: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const sums = files.map(async (file) => [
    file,
    createHash("sha256")
      .update(await readFile(file))
      .digest("hex"),
  ]);
  return Object.fromEntries(await Promise.all(sums)) as Record<string, string>;
}

describe("bad input ends `pulumi preview` before anything is touched", () => {
  let scratch: string;
  let hosts: readonly string[];

  /** What the engine prints for the protobox with some violations; checks that it fails and touches nothing. */
  async function preview(inputs: readonly BadInput[]): Promise<string> {
    const { lab, stack } = await world();
    // Always the whole file: a preview that ends here asks nobody.
    const document = parseDocument(await stackFile(project, "protobox"));
    for (const { changes } of inputs) {
      for (const [at, value] of Object.entries(changes)) {
        const steps = ["config", ...`gatebox:${at}`.split("/")];
        if (value === undefined) document.deleteIn(steps);
        else document.setIn(steps, document.createNode(value));
      }
    }
    const dropped = inputs.flatMap(({ withoutKeys = [] }) => withoutKeys);
    const lines = (await readFile(lab.knownHosts, "utf8")).split("\n");
    const knownHosts = path.join(scratch, "known_hosts");
    await writeFile(knownHosts, lines.filter((line) => !dropped.includes(line.split(",")[0] ?? "")).join("\n"));
    await stack.configure(document.toString());

    const state = path.join(operatorHome(lab).directory, "state");
    const places = await journalPlaces(lab, hosts);
    const before = await contents(state);
    const answer = await stack.pulumi(["preview"], { env: { GATEBOX_KNOWN_HOSTS: knownHosts } });
    assert.deepEqual(await sshConnections(lab, places), none(hosts));
    assert.deepEqual(await contents(state), before);
    assert.ok(Object.keys(before).length > 0, "the stack has no state that could have been touched");
    assert.notEqual(answer.code, 0, answer.stdout);
    return answer.stdout;
  }

  /** The engine's own account of what went wrong, without its margin. */
  function diagnostics(printed: string): readonly string[] {
    const [, text = ""] = /^Diagnostics:\n([\s\S]*?)\n\n/m.exec(printed) ?? [];
    return text.split("\n").map((line) => line.trim());
  }

  before(async () => {
    const { lab } = await world();
    scratch = await mkdtemp(path.join(tmpdir(), "gatebox-bad-input-"));
    hosts = (await readRecord(lab))?.hosts ?? [];
  });
  after(async () => {
    const { stack } = await world();
    await stack.configure(await baseConfiguration());
    await rm(scratch, { recursive: true, force: true });
  });

  describe("violations that are all in one file", () => {
    let printed: string;
    before(async () => {
      printed = await preview(atOnce);
    });

    for (const { made, says } of atOnce) {
      it(`${made} is reported`, () => {
        for (const line of says)
          assert.ok(diagnostics(printed).includes(line), `not reported: ${line}\nin:\n${printed}`);
      });
    }

    it("violations are all that is reported: no line more, no trace of the program's own calls", () => {
      const wanted = atOnce.flatMap(({ says }) => says);
      const [resource, title, ...reported] = diagnostics(printed);
      assert.equal(resource, "pulumi:pulumi:Stack (gatebox-protobox):");
      assert.equal(title, `error: The configuration of box "protobox" has ${wanted.length} violations:`);
      assert.deepEqual([...reported].sort(), [...wanted].sort());
      assert.doesNotMatch(printed, /^\s+at |node_modules|\.ts:\d+/m);
    });
  });

  it(`${disagreement.made} are reported alone`, async () => {
    assert.deepEqual(diagnostics(await preview([disagreement])), [
      "pulumi:pulumi:Stack (gatebox-protobox):",
      'error: The configuration of box "protobox" has 1 violation:',
      ...disagreement.says,
    ]);
  });
});
