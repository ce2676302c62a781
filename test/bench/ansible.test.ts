import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { changedTasks } from "../../bench/ansible/controller.ts";
import { boxOfStackFile, inventoryOf } from "../../bench/ansible/inventory.ts";
import { ADDED_ROUTE, FIRST, GATEWAYS, reducedBox, ROUTES, WEB_SERVERS } from "../../bench/ansible/reducedBox.ts";
import { HEADINGS, rowsOf } from "../../bench/ansible/rows.ts";
import type { Run, Turn } from "../../bench/ansible/turn.ts";
import { liveAt } from "../../bench/ansible/watched.ts";
import { ansible } from "../../bench/figures/ansible.ts";
import { table } from "../../bench/results.ts";
import type { Answer } from "../faults/probe/answers.ts";

const playbook = path.resolve(import.meta.dirname, "../../bench/ansible/playbook");

const surroundings = {
  knownHosts: "/lab/known_hosts",
  certificate: "/lab/certificate.pem",
  certificateKey: "/lab/key.pem",
};

// What YAML holds is what a test finds out.
/* eslint-disable-next-line @typescript-eslint/no-explicit-any */
type Written = any;

/** The inventory of a stack file, as Ansible reads it: the plain data of its files. */
function inventoryOfText(stackFile: string): { readonly hosts: Written; readonly groupVars: Written } {
  return JSON.parse(JSON.stringify(inventoryOf(boxOfStackFile(stackFile), surroundings))) as ReturnType<
    typeof inventoryOfText
  >;
}

/** Some gateways and some routes, at least one of each. */
const variants = fc.record({
  gateways: fc.subarray([...GATEWAYS], { minLength: 1 }),
  routes: fc.subarray([...ROUTES, ADDED_ROUTE], { minLength: 1 }),
});

/** The port on `address` of each of some hosts, as upstreams and backends have them. */
function reached(hosts: Written, names: readonly string[], network: string, port: number): readonly object[] {
  return names.map((name) => ({ name, address: hosts[name].addresses[network], port }));
}

describe("the playbook's variables", () => {
  it("have the routes, locations, hosts and virtual IPs of the stack file, with the same ports and addresses", async () => {
    await fc.assert(
      fc.asyncProperty(variants, async (variant) => {
        const stackFile = await reducedBox(variant);
        const config = (parse(stackFile) as { readonly config: Written }).config;
        const [hosts, apps] = [config["gatebox:hosts"], config["gatebox:apps"]];
        const { hosts: inventory, groupVars } = inventoryOfText(stackFile);
        const { gateways, webservers } = groupVars;

        assert.deepEqual(
          gateways.haproxy_routes.map(({ name, port, servers }: Written) => ({ name, port, servers })),
          variant.routes.map((name) => {
            const { port } = apps[name];
            return { name, port, servers: reached(hosts, variant.gateways, "box-network", port) };
          }),
        );
        assert.deepEqual(
          webservers.nginx_locations.map(({ location, upstream }: Written) => ({
            location,
            members: upstream.members,
          })),
          variant.routes.map((name) => {
            const { location } = config["gatebox:webservers"].routes[name];
            return { location, members: reached(hosts, variant.gateways, "gateway-network", apps[name].port) };
          }),
        );
        for (const { upstream, params } of webservers.nginx_locations)
          assert.ok(
            params.some(({ value }: Written) => value === `http://${upstream.name}`),
            upstream.name,
          );

        for (const [group, members] of Object.entries({ gateways: variant.gateways, webservers: WEB_SERVERS })) {
          assert.deepEqual(Object.keys(inventory[group].hosts), members);
          for (const name of members) assert.deepEqual(inventory[group].hosts[name].addresses, hosts[name].addresses);
        }
        const { edge, gateways: own } = config["gatebox:virtualIps"];
        const instances = [...webservers.keepalived_instances, ...gateways.keepalived_instances];
        assert.deepEqual(
          instances.map(({ address, virtual_router_id: id, priorities }) => ({ address, id, priorities })),
          [edge, own].map(({ address, virtualRouterId: id, priorities }) => ({ address, id, priorities })),
        );
        assert.ok(
          webservers.nginx_addresses.includes(edge.address) && gateways.haproxy_bind_addresses.includes(own.address),
        );
      }),
      { numRuns: 12 },
    );
  });

  it("are those that the roles know: none that no role uses, and none without a default", async () => {
    const files = globSync("roles/*/{tasks,handlers,templates}/*", { cwd: playbook });
    const texts = files.map((file) => readFileSync(path.join(playbook, file), "utf8"));
    const registered = texts.flatMap((text) => [...text.matchAll(/register: (\w+)/g)].map(([, name]) => name));
    const used = new Set(texts.flatMap((text) => text.match(/\b(?:common|haproxy|nginx|keepalived)_\w+/g) ?? []));
    const defaults = globSync("roles/*/defaults/main.yml", { cwd: playbook }).flatMap((file) =>
      Object.keys(parse(readFileSync(path.join(playbook, file), "utf8")) as object),
    );
    const { groupVars } = inventoryOfText(await reducedBox(FIRST));
    const given = ["gateways", "webservers"].flatMap((group) => Object.keys(groupVars[group] as object));
    assert.ok(used.size > 10 && given.length > 10);
    assert.deepEqual(
      [...used].filter((name) => !defaults.includes(name) && !registered.includes(name)),
      [],
    );
    assert.deepEqual(
      [...defaults, ...given].filter((name) => !used.has(name)),
      [],
    );
  });
});

describe("the playbook", () => {
  it("validates what it writes for HAProxy and nginx before they read it, and waits until they serve", () => {
    const read = (file: string): Written[] =>
      parse(readFileSync(path.join(playbook, "roles", file), "utf8")) as Written[];
    const written = read("haproxy/tasks/main.yml").find((task: Written) => task.notify === "Reload HAProxy");
    assert.equal(written["ansible.builtin.template"].validate, "haproxy -c -f %s");
    const names = (file: string): string[] => read(file).map(({ name }: Written) => name as string);
    assert.deepEqual(names("haproxy/handlers/main.yml"), ["Reload HAProxy", "Wait until HAProxy serves"]);
    assert.deepEqual(names("nginx/handlers/main.yml"), [
      "Check the configuration of nginx",
      "Reload nginx",
      "Wait until nginx serves",
    ]);
    assert.equal(read("nginx/handlers/main.yml")[0]["ansible.builtin.command"], "nginx -t");
  });

  it("changes the hosts of a pool one by one unless it is told otherwise, and installs packages on all at once", () => {
    const plays = parse(readFileSync(path.join(playbook, "site.yml"), "utf8")) as Written[];
    assert.deepEqual(
      plays.map(({ hosts, serial }): unknown[] => [hosts, serial]),
      [
        ["all", undefined],
        ["gateways", "{{ pool_serial | default(1) }}"],
        ["webservers", "{{ pool_serial | default(1) }}"],
      ],
    );
    const settings = readFileSync(path.join(playbook, "ansible.cfg"), "utf8");
    for (const setting of ["pipelining = True", "ControlPersist=60s", "gathering = explicit"])
      assert.ok(settings.includes(setting), setting);
  });
});

describe("what a playbook has changed", () => {
  it("is the sum over all hosts of its recap", () => {
    const line = (host: string, changed: number): string =>
      `${host.padEnd(26)} : ok=9    changed=${changed}    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   `;
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 1 }), (counts) => {
        const recap = ["PLAY RECAP *****", ...counts.map((count, n) => line(`host-${n}`, count)), ""].join("\n");
        assert.equal(
          changedTasks(`TASK [x : y] ****\nchanged: [host-0]\n\n${recap}`),
          counts.reduce((a, b) => a + b),
        );
      }),
    );
  });

  it("is no number where there is no recap", () => {
    assert.throws(() => changedTasks("ERROR! the playbook could not be found\n"), /no recap of a play/);
    assert.throws(() => changedTasks("PLAY RECAP ****\n\n"), /no recap of a play/);
  });
});

describe("a route that was added", () => {
  const answers = (...oks: boolean[]): Answer[] =>
    oks.map((ok, n) => ({ sentAt: n * 50, endedAt: n * 50 + 5, ok, status: ok ? 200 : 404, server: "" }));

  it("is live when the last web server answers it for the first time", () => {
    assert.equal(liveAt([answers(false, true, true), answers(false, false, true)]), 105);
  });

  it("is not live while a web server never answers it", () => {
    assert.throws(() => liveAt([answers(false, true), answers(false, false)]), /\/dash\/ was never answered/);
  });
});

describe("the table beside Ansible", () => {
  const run = (seconds: number): Run => ({
    cost: { seconds, cpuSeconds: seconds / 2, peakMiB: 100 },
    changed: 0,
    connections: 0,
  });
  const turn = (factor: number, ways: readonly string[], prepared: number | undefined): Turn => {
    const preparing = prepared === undefined ? undefined : { seconds: prepared, cpuSeconds: 1, peakMiB: 1 };
    return {
      prepared: preparing,
      first: { ...run(40 * factor), aptSeconds: 30 },
      noop: ways.map((way, n) => ({ way, runs: [4, 5, 60].map((seconds) => run(seconds * factor + n)) })),
      route: ways.map((way) => ({
        way,
        runs: [{ ...run(9 * factor), liveSeconds: 8 * factor, asked: 900, lost: factor - 1 }],
      })),
      preparedHost: preparing,
      host: { ...run(30 * factor), asked: 3000, lost: 0 },
    };
  };
  const rows = rowsOf({
    gatebox: [turn(1, ["`up --skip-preview`", "`up`"], undefined)],
    ansible: [turn(3, ["`serial: 1`", "`serial: 100%`", "`--tags config`"], 20)],
  });
  const valueOf = (what: string): number | undefined => rows.find((row) => row.what === what)?.value;

  it("has Ansible's time beside Gatebox', with and without what Ansible alone needs", () => {
    assert.equal(valueOf("first configuration, from bare hosts"), 140 / 40);
    assert.equal(valueOf("first configuration, without what Ansible alone needs on hosts"), 120 / 40);
    assert.equal(valueOf("part of it in which apt was at work on a host"), 75);
    assert.equal(valueOf("nothing changed: `serial: 1` beside `up --skip-preview`"), 15 / 5);
    assert.equal(valueOf("nothing changed: `serial: 1` beside `up`"), 15 / 6);
    assert.equal(valueOf("nothing changed: `serial: 100%` beside `up --skip-preview`"), 16 / 5);
    assert.equal(valueOf("a route more: `--tags config` beside `up`"), 27 / 9);
    assert.equal(valueOf("a route more, beyond nothing changed"), 9 - 5);
    assert.equal(valueOf("a gateway more, from a bare host"), 110 / 30);
  });

  it("names what the issue asks for, and has requests lost of both", () => {
    const targets = rows.flatMap(({ target }) => target ?? []);
    for (const target of [
      "at least 1 ×",
      "at least 80 %",
      "12 × (8 hosts)",
      "7 × (8 hosts)",
      "5 ×",
      "at most 4 s",
      "0",
    ])
      assert.ok(targets.includes(target), target);
    const lost = rows.filter(({ what }) => what.startsWith("requests lost")).map(({ besides }) => besides);
    assert.deepEqual(lost, [
      ["0", "6"],
      ["0", "0"],
    ]);
  });

  it("has a cell in every column of every row", () => {
    const lines = table(rows, ansible.headings).split("\n");
    assert.equal(ansible.headings, HEADINGS);
    assert.equal(lines.length, rows.length + 2);
    for (const line of lines) assert.equal(line.split(" | ").length, HEADINGS.length, line);
  });
});
