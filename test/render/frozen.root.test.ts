import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { GatewayRoute } from "../../box/model.ts";
import { gatewayFiles } from "../../render/gateway/index.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { webserverFiles } from "../../render/webserver/index.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { gatewayHost, gatewayRoute, sampleBox, webserverHost, webserverRoute } from "./sampleRoutes.ts";

/** A program at the edge with its watch, as its assembly brings them. */
interface Edge {
  readonly assembly: "gateway" | "webserver";
  readonly process: "haproxy" | "nginx";
  /** The same with as many routes as are wanted. */
  readonly tree: (...ports: number[]) => TreeFile[];
  /** The neighbour that clients are, and what they ask. */
  readonly clients: string;
  readonly url: string;
  readonly health: string;
  readonly port: number;
}

const route = (port: number): GatewayRoute =>
  gatewayRoute(
    { name: "argocd", port },
    {
      members: [{ name: "pod", address: "192.168.1.51", port: 8081 }],
      check: { path: "/", intervalMs: 500, fall: 2, rise: 1 },
    },
  );

const edges: readonly Edge[] = [
  {
    assembly: "gateway",
    process: "haproxy",
    tree: (...ports) => gatewayFiles(sampleBox({ gateway: ports.map(route) }), gatewayHost),
    clients: "gateway-network",
    url: "http://192.168.2.11:30165/",
    health: "http://192.168.1.11:8405/healthz",
    port: 30165,
  },
  {
    assembly: "webserver",
    process: "nginx",
    tree: (...ports) =>
      webserverFiles(
        sampleBox({
          web: ports.map((port) => webserverRoute({ name: `to-${port}`, location: `/to-${port}/` })),
        }),
        webserverHost,
      ),
    clients: "public-network",
    url: "https://192.168.0.30/-/healthz",
    health: "http://127.0.0.1:8404/-/status",
    port: 443,
  },
];

for (const { assembly, process, tree, clients, url, health, port } of edges) {
  /** Real programs, nftables and the watch; only systemd is a stand-in, which starts nothing again by itself. */
  describe(`render: ${process} that is frozen`, function () {
    // It is found out in six seconds; a machine under load takes several times that for all else.
    this.timeout(180_000);
    let host: Sandbox;

    const unit = `${process}.service`;
    const watch = `gatebox-frozen-${assembly}.service`;
    const table = `gatebox_frozen_${assembly}`;
    /** What clients get: a status, or curl's own word for what went wrong. 7: refused, 28: nothing in time. */
    const ask = (): string => {
      const { code, stdout } = host.run(`curl -sk -m 2 -o /dev/null -w '%{http_code}' ${url}`, clients);
      return code === 0 ? stdout : `curl ${code}`;
    };
    const processes = (): string => host.run(`pgrep -x ${process} | sort`).stdout;
    const signal = (name: "STOP" | "CONT" | "KILL", which = `-x ${process}`): void =>
      void host.run(`pkill -${name} ${which}`);
    const isRefused = (): boolean => host.run(`nft list set inet ${table} ports | grep -q elements`).code === 0;
    const said = (): string => host.run(`cat /run/supervise/${watch}.log`).stdout;
    const noted = (): string => host.run(`cut -d ' ' -f 1,2 /run/gatebox/${assembly}/frozen`).stdout;
    const startedAgain = (): boolean => host.run(`grep -qx 'restart ${unit}' /run/systemctl.log`).code === 0;
    /** As after three starts just now: a program that is frozen stays refused. */
    const spendTries = (): void => {
      host.run(`systemctl stop ${watch}`);
      host.run(`set -- $(cut -d . -f 1 /proc/uptime); echo "0 3 $1 $1 $1" >/run/gatebox/${assembly}/frozen`);
      host.run(`systemctl start ${watch}`);
    };
    /** As the runtime does for as long as a transaction takes. */
    const lock = async (): Promise<void> => {
      host.start(`flock -o /run/gatebox/${assembly}.lock sleep 600`);
      await until(() => host.run(`flock -n /run/gatebox/${assembly}.lock true`).code !== 0);
    };
    /** Nothing has been done about the program. */
    const isLeftAlone = (): void => {
      assert.equal(noted(), "0 0");
      assert.ok(!startedAgain() && !isRefused());
    };

    beforeEach(async () => {
      host = await Sandbox.make([
        { network: "public-network", address: "192.168.0.30", neighbour: "192.168.0.100" },
        { network: "gateway-network", address: "192.168.2.11", neighbour: "192.168.2.1" },
        { network: "box-network", address: "192.168.1.11", neighbour: "192.168.1.51" },
      ]);
      await host.serve("pod", "192.168.1.51", 8081, "box-network");
      const { code, stderr } = host.apply(assembly, tree(30165));
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      await until(() => ask() === "200");
      host.run(": >/run/systemctl.log");
      isLeftAlone();
    });
    afterEach(() => host.remove());

    it("is refused and started again, and lets clients in as before", async () => {
      const before = processes();
      signal("STOP");
      assert.equal(ask(), "curl 28");
      await until(startedAgain);
      await until(() => ask() === "200" && noted() === "0 1");
      assert.ok(!isRefused());
      assert.notEqual(processes(), before);
      // Not kill -0: nobody here collects a process that has ended.
      for (const pid of before.split("\n")) assert.notEqual(host.run(`readlink /proc/${pid}/exe`).code, 0, pid);
      assert.match(said(), /does nothing; new connections to it are refused\n[^]*\n.* answers again/);
    });

    it("is refused at once where it was started again too often, until it answers", async () => {
      spendTries();
      signal("STOP");
      await until(isRefused);
      assert.equal(ask(), "curl 7");
      assert.equal(noted(), "1 3");
      // Longer than the kernel refuses by itself.
      await pause(12_000);
      assert.equal(ask(), "curl 7");
      assert.ok(!startedAgain());
      assert.match(said(), /was started again 3 times in ten minutes; it stays refused/);
      signal("CONT");
      await until(() => noted() === "0 3");
      // Not only as the kernel forgets it.
      assert.ok(!isRefused());
      assert.equal(ask(), "200");
    });

    if (process === "haproxy")
      it("is refused no longer when the watch is stopped or killed, or frozen itself", async () => {
        spendTries();
        signal("STOP");
        await until(isRefused);
        const watching = host.run(`cat /run/supervise/${watch}.main`).stdout;
        host.run(`kill -KILL ${watching}`);
        await until(() => !isRefused());
        await until(isRefused);
        host.run(`kill -STOP $(cat /run/supervise/${watch}.main)`);
        await until(() => !isRefused());
        host.run(`kill -CONT $(cat /run/supervise/${watch}.main)`);
        await until(isRefused);
        host.run(`systemctl stop ${watch}`);
        assert.notEqual(host.run(`nft list table inet ${table}`).code, 0);
      });

    if (process === "haproxy")
      it("is left alone in the midst of a transaction, or while systemd reloads it", async () => {
        await lock();
        signal("STOP");
        await pause(9000);
        isLeftAlone();
        host.run(`mkdir -p /run/units && echo reloading >/run/units/${unit}.state`);
        host.run("pkill -KILL -x flock");
        await pause(3000);
        isLeftAlone();
        host.run(`rm /run/units/${unit}.state`);
        await until(() => noted() === "0 1" && ask() === "200");
      });

    it("does not hold up a transaction, which starts it again itself", async () => {
      await lock();
      signal("STOP");
      const began = Date.now();
      const { code, stderr } = host.apply(assembly, tree(30165, 30166));
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`^${unit} did not answer on [0-9.:]+, and did nothing: it was killed`));
      // Six seconds to be sure of it, and what a start takes.
      assert.ok(Date.now() - began < 30_000, `${Date.now() - began} ms`);
      assert.equal(ask(), "200");
    });

    it("fails a transaction in time where it is frozen anew, with what it does not do first", async () => {
      await lock();
      const files = tree(30165).map((file) =>
        file.path === "lifecycle/probe"
          ? { ...file, text: file.text.replace("\n", `\npkill -STOP -x ${process}\n`) }
          : file,
      );
      const began = Date.now();
      const { code, stderr } = host.apply(assembly, files);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^(?:the master of HAProxy does not answer|nginx does not answer over HTTPS)/);
      assert.ok(Date.now() - began < 50_000, `${Date.now() - began} ms`);
    });

    it("is not what is killed, nor what has lost its workers: the kernel refuses, and whoever runs it starts it", async () => {
      signal("KILL", process === "nginx" ? "-f 'nginx: worker'" : `-x ${process}`);
      await pause(9000);
      isLeftAlone();
      assert.equal(ask(), process === "nginx" ? "200" : "curl 7");
    });

    if (process === "haproxy")
      it("is not what computes without an end, and is what sleeps without one", async () => {
        signal("KILL");
        const { hostname, port: where } = new URL(health);
        const standIn = (then: string): string =>
          `/run/bin/${process} -MSocket -e 'socket S, AF_INET, SOCK_STREAM, 0; setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1; bind S, pack_sockaddr_in(${where}, inet_aton("${hostname}")) or die; listen S, 9; ${then}'`;
        host.run(`mkdir /run/bin && cp "$(command -v perl)" /run/bin/${process}`);
        const pidfile = `/run/${process}.pid`;
        host.start(`sh -c '${standIn("1 while 1").replaceAll("'", `'"'"'`)} & echo $! >${pidfile}; wait'`);
        await until(() => host.run(`curl -s -m 1 -o /dev/null ${health}`).code === 28);
        await pause(9000);
        isLeftAlone();
        signal("KILL");
        host.start(`sh -c '${standIn("sleep").replaceAll("'", `'"'"'`)} & echo $! >${pidfile}; wait'`);
        await until(() => noted() === "0 1");
        await until(() => ask() === "200");
      });

    if (process === "nginx")
      it("is not what cannot be reached: a foreign rule drops the questions, and nothing waits to be taken", async () => {
        // It has nothing to do, and makes no effort.
        host.run(
          `nft 'table inet foreign { chain input { type filter hook input priority 0; tcp dport { 8404, 8405 } drop; }; }'`,
        );
        await pause(9000);
        isLeftAlone();
      });

    it("stops watching when its base is removed, and refuses nobody", async () => {
      spendTries();
      signal("STOP");
      await until(isRefused);
      signal("CONT");
      const { code, stderr } = host.run(`cd /etc/gatebox/${assembly} && sh -eu lifecycle/deactivate`);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.notEqual(host.run(`nft list table inet ${table}`).code, 0);
      assert.notEqual(host.run(`systemctl is-active --quiet ${watch}`).code, 0);
    });

    if (process === "haproxy")
      it("keeps others from no port but the clients'", async () => {
        spendTries();
        signal("STOP");
        await until(isRefused);
        const elements = host.run(`nft list set inet ${table} ports`).stdout;
        assert.deepEqual([...elements.matchAll(/\b(\d+) timeout/g)].map(([, one]) => one).sort(), assembly === "gateway" ? [String(port)] : ["443", "80"]); // prettier-ignore
      });
  });
}
