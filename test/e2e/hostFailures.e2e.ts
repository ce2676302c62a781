import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { killHost, startHost } from "../../lab/hosts/machine.ts";
import { hostNamed } from "../../lab/inventory.ts";
import type { Lab } from "../../lab/state.ts";
import { oneHost } from "./oneHost.ts";
import { inForce, serves, servesWhile, startKibana, stopKibana, type Server } from "./serving.ts";
import { edited, failingUp, onHost, restore, runOnHost, up, world } from "./world.ts";

/** Ports of the gateways that no route has. */
const FREE_PORT = 30900;
const OTHER_PORT = 30902;

/** The stack file with one more gateway route and one more name of the web servers: a change on every host. */
function changed(port = FREE_PORT): Promise<string> {
  return edited((config) => {
    const route = { port, destination: { group: { name: "kube-gateway-pool" } } };
    config.setIn(["config", "gatebox:kubeGateways", "routes", "further"], config.createNode(route));
    config.addIn(["config", "gatebox:webservers", "serverNames"], `further-${port}.test`);
  });
}

/** The generations of the gateway that are live: a transaction makes another one. (Names of the box change on every host.) */
function generations(lab: Lab, hosts: readonly string[]): Promise<readonly string[]> {
  return Promise.all(hosts.map((host) => onHost(lab, host, "readlink /etc/gatebox/gateway")));
}

/** What the engine reports about one resource after a failed `up`. */
function errorOf(printed: string, resource: string): string {
  const begin = printed.indexOf(`(${resource}):\n`);
  assert.ok(begin >= 0, `nothing is reported about ${resource}:\n${printed}`);
  return printed.slice(begin).split("\n\n")[0] ?? "";
}

/** Applies something that must fail while a host serves what it served; returns what the engine printed. */
async function failsWhileServing(server: Server, apply: () => Promise<string>): Promise<string> {
  const { lab } = await world();
  const before = await inForce(lab, server);
  const printed = await servesWhile(lab, server, apply);
  assert.equal(await inForce(lab, server), before, `${server} has something else in force than before`);
  await serves(lab, server);
  return printed;
}

// What one failure has left undone is no hindrance for the next: the box gets its own stack file back once.
describe("hosts that fail", () => {
  after(async () => restore(await world()));

  describe("failures on a host carry its name, and the host serves what it served", () => {
    before(async () => startKibana((await world()).lab));
    after(async () => {
      const box = await world();
      const stack = await oneHost(box, { host: "gateway-1" });
      await up(stack);
      await stopKibana(box.lab);
    });
    it("a package that does not install", async () => {
      const packages = { packages: ["gatebox-no-such-package"] };
      const stack = await oneHost(await world(), { host: "gateway-2", packages });
      const printed = await failsWhileServing("gateway-2", () => failingUp(stack));
      const error = errorOf(printed, "gateway-2-wanted-packages");
      assert.match(error, /gatebox: gateway-2: these packages do not install: gatebox-no-such-package\n/);
      assert.match(error, /E: Unable to locate package gatebox-no-such-package/);
    });

    it("a configuration that HAProxy refuses", async () => {
      const text = `frontend broken\n    bind 192.168.2.12:${FREE_PORT}\n    blance roundrobin\n`;
      const files = [{ path: `haproxy/routes/${FREE_PORT}.cfg`, text }];
      const unit = { assembly: "gateway", unit: "tests.broken", files };
      const stack = await oneHost(await world(), { host: "gateway-2", unit });
      const printed = await failsWhileServing("gateway-2", () => failingUp(stack));
      const error = errorOf(printed, "gateway-2-wanted-gateway-tests.broken");
      assert.match(error, /gatebox: gateway-2: gateway\/tests\.broken: lifecycle\/check failed/);
      assert.match(error, new RegExp(`${FREE_PORT}\\.cfg:3\\] : unknown keyword 'blance' in 'frontend' section`));
    });

    it("a configuration that nginx refuses", async () => {
      const files = [
        { path: "nginx/locations/broken.conf", text: "location /broken/ {\n    proxy_pas http://x;\n}\n" },
      ];
      const unit = { assembly: "webserver", unit: "tests.broken", files };
      const stack = await oneHost(await world(), { host: "webserver-2", unit });
      const printed = await failsWhileServing("webserver-2", () => failingUp(stack));
      const error = errorOf(printed, "webserver-2-wanted-webserver-tests.broken");
      assert.match(error, /gatebox: webserver-2: webserver\/tests\.broken: lifecycle\/check failed/);
      assert.match(error, /unknown directive "proxy_pas" in \S+\/locations\/broken\.conf:2/);
    });

    it("a port that another program has; no other gateway is touched", async () => {
      const { lab, stack } = await world();
      const listener = `TCP-LISTEN:${FREE_PORT},bind=192.168.2.11,fork,reuseaddr`;
      await onHost(
        lab,
        "gateway-1",
        `systemd-run --quiet --collect --unit=gatebox-test-listener socat ${listener} PIPE`,
      );
      try {
        await stack.configure(await changed());
        const others = await generations(lab, ["gateway-2", "gateway-3"]);
        const printed = await failsWhileServing("gateway-1", () => failingUp(stack));
        const error = errorOf(printed, "gateways-gateway-1-gateway-protobox.pool");
        assert.match(error, /gatebox: gateway-1: gateway\/protobox\.pool: lifecycle\/check failed/);
        assert.match(error, new RegExp(`192\\.168\\.2\\.11:${FREE_PORT} is already taken: .*"socat"`));
        assert.deepEqual(await generations(lab, ["gateway-2", "gateway-3"]), others);
      } finally {
        await onHost(lab, "gateway-1", "systemctl stop gatebox-test-listener");
      }
    });

    it("a full disk", async () => {
      const { lab, stack } = await world();
      await runOnHost(lab, "gateway-1", "fill-disk.sh");
      try {
        await stack.configure(await changed());
        const printed = await failsWhileServing("gateway-1", () => failingUp(stack));
        const error = errorOf(printed, "gateways-gateway-1-gateway-protobox.pool");
        assert.match(error, /gatebox: gateway-1: .*(No space left on device|no space left)/);
      } finally {
        await onHost(lab, "gateway-1", "umount -l /var/lib/gatebox");
      }
    });

    it("a wrong host key", async () => {
      const { lab, stack } = await world();
      const scratch = await mkdtemp(path.join(tmpdir(), "gatebox-host-key-"));
      const knownHosts = path.join(scratch, "known_hosts");
      const lines = (await readFile(lab.knownHosts, "utf8")).split("\n");
      const keyOf = (host: string): string =>
        lines
          .find((line) => line.startsWith(`${host},`))
          ?.split(" ")
          .slice(1)
          .join(" ") ?? "";
      const swapped = lines.map((line) => line.replace(keyOf("gateway-1"), keyOf("gateway-2")));
      await writeFile(knownHosts, swapped.join("\n"));
      try {
        const env = { GATEBOX_KNOWN_HOSTS: knownHosts };
        const printed = await failsWhileServing("gateway-1", () => failingUp(stack, [], { env }));
        const error = errorOf(printed, "hosts-gateway-1-runtime");
        assert.match(error, /host key mismatch/);
      } finally {
        await rm(scratch, { recursive: true });
      }
    });
  });

  describe("unreachable hosts fail by name within a minute, and no other host suffers", () => {
    const resources = {
      "gateway-2": "gateways-gateway-2-gateway-protobox.pool",
      "webserver-2": "webservers-webserver-2-webserver-protobox.pool",
    } as const;
    const startedAt = new Map<string, number>();
    const failedAt = new Map<string, number>();
    let inForceBefore: Readonly<Record<keyof typeof resources, string>>;
    let othersBefore: readonly string[];
    let printed: string;

    /** When the engine set about each of the two resources, and when it gave up. */
    function watch(line: string): void {
      for (const resource of Object.values(resources)) {
        if (!line.includes(` ${resource} `)) continue;
        if (line.includes(" updating (") && !startedAt.has(resource)) startedAt.set(resource, Date.now());
        if (line.includes(" **updating failed**")) failedAt.set(resource, Date.now());
      }
    }

    function assertWithinMinute(resource: string): void {
      const seconds = ((failedAt.get(resource) ?? Infinity) - (startedAt.get(resource) ?? 0)) / 1000;
      assert.ok(seconds < 60, `${resource} failed after ${seconds} s:\n${printed}`);
    }

    // One `up` for both hosts: each takes most of its minute.
    before(async () => {
      const { lab, stack } = await world();
      await startKibana(lab);
      for (const server of ["gateway-2", "webserver-2"] as const) await serves(lab, server);
      inForceBefore = {
        "gateway-2": await inForce(lab, "gateway-2"),
        "webserver-2": await inForce(lab, "webserver-2"),
      };
      othersBefore = await generations(lab, ["gateway-3"]);
      await killHost(lab, hostNamed("webserver-2"));
      const silence = "systemd-run --quiet --collect --unit=gatebox-test-silence";
      await onHost(
        lab,
        "gateway-2",
        `systemctl stop ssh; ${silence} socat TCP-LISTEN:22,fork,reuseaddr EXEC:'sleep 600'`,
      );
      // Another change than before, which the web servers have meanwhile.
      await stack.configure(await changed(OTHER_PORT));
      printed = await servesWhile(lab, "gateway-2", () => failingUp(stack, [], { onLine: watch }));
    });
    after(async () => {
      const box = await world();
      await onHost(box.lab, "gateway-2", "systemctl stop gatebox-test-silence; systemctl start ssh");
      await startHost(box.lab, hostNamed("webserver-2"));
      await waitForSsh(box.lab, hostNamed("webserver-2"));
      await stopKibana(box.lab);
    });

    it("a host that is switched off", () => {
      const error = errorOf(printed, resources["webserver-2"]);
      assert.match(error, /webserver-2: no SSH at 192\.168\.0\.32:22: /);
      assertWithinMinute(resources["webserver-2"]);
    });

    it("a host that accepts the connection and then stays silent", () => {
      const error = errorOf(printed, resources["gateway-2"]);
      assert.match(error, /gateway-2: no SSH at 192\.168\.1\.12:22: it accepted the connection and stayed silent/);
      assertWithinMinute(resources["gateway-2"]);
    });

    it("members before them have the new configuration, and members behind them were not touched", async () => {
      const { lab } = await world();
      const listening = async (host: string): Promise<boolean> =>
        (await onHost(lab, host, `ss -Hltn 'sport = :${OTHER_PORT}'`)) !== "";
      const listeners = [await listening("gateway-1"), await listening("gateway-2"), await listening("gateway-3")];
      assert.deepEqual(listeners, [true, false, false]);
      assert.deepEqual(await generations(lab, ["gateway-3"]), othersBefore);
      await serves(lab, "webserver-1");
    });

    it("both hosts serve what they served: the one as ever, the other as soon as it is switched on again", async () => {
      const { lab } = await world();
      await startHost(lab, hostNamed("webserver-2"));
      await waitForSsh(lab, hostNamed("webserver-2"));
      for (const server of ["gateway-2", "webserver-2"] as const) {
        await serves(lab, server);
        assert.equal(await inForce(lab, server), inForceBefore[server]);
      }
    });
  });
});
