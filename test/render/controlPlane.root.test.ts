import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Box } from "../../box/model.ts";
import { controlPlaneFiles } from "../../render/controlPlane/index.ts";
import { registry } from "../../render/registry.ts";
import type { TreeFile } from "../../render/treeFile.ts";
import { vipFiles } from "../../render/vip/index.ts";
import { controlPlaneChanges } from "../box/controlPlane.ts";
import { parseProtobox } from "../box/parsing.ts";
import { makeCa, makeCertificate } from "./sandbox/certificates.ts";
import { Sandbox, until } from "./sandbox/sandbox.ts";
import { silence, type Seen } from "./sandbox/seen.ts";

const masters = [21, 22, 23].map((last, index) => ({ name: `master-${index + 1}`, address: `192.168.1.${last}` }));

/** Real HAProxy, keepalived, openssl and lifecycle scripts before API servers that are small programs. */
describe("render: the load balancer of the API at work", function () {
  // A fault and its end take some seconds; a machine under load gets ten times that.
  this.timeout(120_000);
  let host: Sandbox;
  let directory: string;
  let box: Box;
  const servers = new Map<string, ChildProcess>();

  const files = (change: Partial<Box["controlPlane"] & object> = {}): TreeFile[] => {
    const changed = { ...box, controlPlane: { ...box.controlPlane!, ...change } };
    return controlPlaneFiles(changed, { ...box.hosts["master-1"]!, addresses: { "box-network": "192.168.1.20" } });
  };
  const start = async (name: string): Promise<void> => {
    const { address } = masters.find((one) => one.name === name)!;
    const server = host.startNode("apiServer.ts", [name, address, "6443", directory], "box-network");
    servers.set(name, server);
    if (server.stdout) await once(server.stdout, "data");
  };
  const signal = (name: string, which: string): void => void host.run(`pkill -${which} -f 'apiServer[.]ts ${name} '`);
  const cli = (command: string): string =>
    host.run(`echo '${command}' | socat -t 5 - UNIX-CONNECT:/run/gatebox/control-plane/master.sock`).stdout;
  const up = (): string[] =>
    cli("@1 show stat -1 4 -1").split("\n").map((line) => line.split(",")).filter((one) => one[17] === "UP").map((one) => one[1] ?? "").sort(); // prettier-ignore
  const untilUp = async (...names: string[]): Promise<void> => {
    for (let tries = 0; up().join() !== names.join(); tries++) {
      const log = cli("@1 show stat -1 4 -1").split("\n").map((line) => line.split(",").filter((_, at) => [1, 17, 23, 36, 37].includes(at)).join(" ")).join("; "); // prettier-ignore
      assert.ok(tries < 100, `${up().join()} are up, not ${names.join()}: ${log}`);
      await pause(50);
    }
  };
  const reloads = (): string => cli("show proc").match(/^\d+ +master +(\d+)/m)?.[1] ?? "";

  /**
   * Lets a client ask while `work` is done, which gets the server that the client is on, a way to wait until it is on another, and
   * says when what is asked for began.
   */
  async function asked(
    work: (server: string, moved: () => Promise<void>) => Promise<number | undefined>,
  ): Promise<Seen & { readonly from: number }> {
    const ca = join(directory, "ca.pem");
    const client = host.startNode("apiClient.ts", ["192.168.1.10", "6442", "kube.plane.box", ca], "box-network");
    const said: Buffer[] = [];
    client.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    const by = (what: string): string => [...Buffer.concat(said).toString().matchAll(new RegExp(`^${what} (.*)$`, "gm"))].at(-1)?.[1] ?? ""; // prettier-ignore
    await until(() => by("requests") !== "" && by("requests") === by("watch"));
    const server = by("watch");
    const begun = Date.now();
    const from = (await work(server, () => until(() => by("requests") !== server && by("watch") !== server))) ?? begun;
    host.run("pkill -TERM -f 'sandbox/apiClient[.]ts'");
    await once(client, "close");
    const seen = JSON.parse(Buffer.concat(said).toString().trim().split("\n").at(-1) ?? "") as Seen;
    return { ...seen, from };
  }

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "gatebox-api-"));
    makeCa(directory);
    makeCa(directory, "other");
    for (const { name, address } of masters)
      makeCertificate(directory, name, ["DNS:kubernetes", "DNS:kube.plane.box", "IP:192.168.1.10", `IP:${address}`]);
    box = parseProtobox({
      ...controlPlaneChanges(),
      "controlPlane.ca": readFileSync(join(directory, "ca.pem"), "utf8"),
    });
    host = await Sandbox.make([{ network: "box-network", address: "192.168.1.20", neighbour: "192.168.1.51" }]);
    host.run(masters.map(({ address }) => `ip address add ${address}/24 dev peer`).join(" && "), "box-network");
    host.run("ip address add 192.168.1.10/24 dev box-network");
    // Before the first master is, as for kubeadm init.
    const { code, stderr, stdout } = host.apply("control-plane", files());
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^master-1 \(192\.168\.1\.21:6443\) shows no certificate: not looked at$/m);
  });
  after(async () => {
    await host.remove();
    rmSync(directory, { recursive: true });
  });

  it("resets every connection at once while no API server is up, and is well itself", async () => {
    await untilUp();
    const tries = host.run(
      `for n in 1 2 3 4 5 6 7 8 9 10; do curl -sk -m 5 -o /dev/null -w '%{http_code} %{exitcode} %{time_total}\\n' https://192.168.1.10:6442/; done`,
      "box-network",
    );
    const lines = tries.stdout.split("\n").map((line) => line.split(" "));
    assert.equal(lines.length, 10);
    for (const [status, exit, seconds] of lines) {
      // Refused, reset while sending, or reset while receiving: never a time-out (28).
      assert.ok(status === "000" && ["7", "35", "55", "56"].includes(exit ?? ""), lines.join("; "));
      assert.ok(Number(seconds) < 0.25, `${seconds} s`);
    }
    assert.equal(
      host.run("curl -s -m 3 -o /dev/null -w '%{http_code}' http://192.168.1.20:8406/healthz").stdout,
      "200",
    );
  });

  it("takes API servers whose certificates carry the name, and names what others lack before anything is changed", async () => {
    makeCertificate(directory, "master-2", ["DNS:kubernetes", "IP:192.168.1.22"]);
    makeCertificate(directory, "master-3", ["DNS:kube.plane.box", "IP:192.168.1.10"], "other");
    writeFileSync(join(directory, "master-1.readyz"), "401");
    for (const { name } of masters) await start(name);
    const { code, stderr } = host.apply("control-plane", files(), ["check"]);
    assert.equal(code, 1);
    const said = stderr.split("\n");
    assert.match(said[0] ?? "", /^master-1 \(192\.168\.1\.21:6443\) answers nobody on \/readyz without a name/);
    assert.match(
      said[1] ?? "",
      /^the certificate of master-2 \(192\.168\.1\.22:6443\) does not carry 192\.168\.1\.10 kube\.plane\.box: /,
    );
    assert.match(
      said[2] ?? "",
      /^the certificate of master-3 \(192\.168\.1\.23:6443\) is not taken by the cluster's CA: /,
    );
    assert.equal(said.length, 3);
    // Whatever is checked, it sends nobody to one of these.
    rmSync(join(directory, "master-1.readyz"));
    await untilUp("master-1");
    for (const name of ["master-2", "master-3"]) {
      makeCertificate(directory, name, ["DNS:kube.plane.box", "IP:192.168.1.10"]);
      signal(name, "KILL");
      await start(name);
    }
    await untilUp("master-1", "master-2", "master-3");
    assert.equal(host.apply("control-plane", files(), ["check"]).stderr, "");
  });

  const faults: Readonly<Record<string, { readonly limit: number; readonly happens: (name: string, address: string) => void; readonly ends: (name: string, address: string) => void | Promise<void> }>> = {
    "is killed": { limit: 500, happens: (name) => signal(name, "KILL"), ends: (name) => start(name) },
    "is frozen": { limit: 1500, happens: (name) => signal(name, "STOP"), ends: (name) => signal(name, "CONT") },
    "loses its power": {
      limit: 1500,
      happens: (_, address) => void host.run(`ip address del ${address}/24 dev peer`, "box-network"),
      ends: (_, address) => void host.run(`ip address add ${address}/24 dev peer`, "box-network"),
    },
    "is being drained by its own shutdown": {
      limit: 500,
      happens: (name) => writeFileSync(join(directory, `${name}.readyz`), "500"),
      ends: (name) => rmSync(join(directory, `${name}.readyz`)),
    },
  }; // prettier-ignore
  for (const [fault, { limit, happens, ends }] of Object.entries(faults)) {
    it(`answers within ${limit} ms when the API server ${fault}, and the watch goes on elsewhere`, async () => {
      const { answers, lines, from } = await asked(async (server, moved) => {
        const { address } = masters.find(({ name }) => name === server)!;
        const at = Date.now();
        happens(server, address);
        await moved();
        await ends(server, address);
        return at;
      });
      const [requests, watch] = [silence(answers, from), silence(lines, from)];
      console.log(`      ${fault}: requests ${requests} ms, watch ${watch} ms`);
      assert.ok(requests <= limit, `no answer for ${requests} ms`);
      assert.ok(watch <= 3000, `no event for ${watch} ms`);
      await untilUp("master-1", "master-2", "master-3");
    });
  }

  it("keeps a watch over reloads, and ends it in the replaced process when its API server is gone", async () => {
    const before = Number(reloads());
    const { lines, failed, watches, from } = await asked(async (server, moved) => {
      for (const port of [8407, 8406])
        assert.equal(host.apply("control-plane", files({ metricsPort: port })).stderr, "");
      const at = Date.now();
      signal(server, "STOP");
      await moved();
      signal(server, "CONT");
      return at;
    });
    assert.equal(Number(reloads()) - before, 2);
    const early = watches.filter(({ ended }) => ended !== undefined && ended < from);
    // Requests that were under way when it froze began shortly before.
    assert.deepEqual({ early, lost: failed.filter(({ at }) => at < from - 500) }, { early: [], lost: [] });
    const watch = silence(lines, from);
    console.log(`      is frozen after a reload: watch ${watch} ms`);
    assert.ok(watch <= 3000, `no event for ${watch} ms`);
    await untilUp("master-1", "master-2", "master-3");
  });

  it("drains a master on demand, over reloads, and never the last one", async () => {
    const drain = (args: string) => host.run(`sh /etc/gatebox/control-plane/scripts/drain ${args}`);
    const { failed, from } = await asked(async (server, moved) => {
      assert.equal(drain(server).stdout, `${server} is asked no more by this host`);
      await moved();
      const at = Date.now();
      assert.equal(host.apply("control-plane", files({ metricsPort: 8407 })).stderr, "");
      assert.equal(up().includes(server), false);
      const [other = "", last = ""] = up();
      assert.equal(drain(other).code, 0);
      await untilUp(last);
      assert.match(drain(last).stderr, /no other API server is up: master-\d is not drained/);
      for (const name of [server, other]) assert.equal(drain(`${name} off`).code, 0);
      return at;
    });
    // Those that were on it are ended with it; nobody who comes later meets it.
    assert.ok(failed.filter(({ at }) => at > from).length <= 1);
    assert.match(drain("master-9").stderr, /there is no master master-9; known: master-1 master-2 master-3/);
    await untilUp("master-1", "master-2", "master-3");
    assert.equal(host.apply("control-plane", files()).stderr, "");
  });

  it("hands over what is known at a reload by hand, and brings back no drain that has ended", async () => {
    const drain = (args: string) => host.run(`sh /etc/gatebox/control-plane/scripts/drain ${args}`);
    const reload = async (): Promise<void> => {
      const before = Number(reloads());
      assert.equal(host.run("systemctl reload gatebox-control-plane.service").code, 0);
      await until(() => Number(reloads()) === before + 1);
    };
    const drained = (): boolean => /,master-2,.*,MAINT,/.test(cli("@1 show stat -1 4 -1"));
    assert.equal(drain("master-2").code, 0);
    await reload();
    assert.equal(drained(), true);
    assert.equal(drain("master-2 off").code, 0);
    await reload();
    assert.equal(drained(), false);
    await untilUp("master-1", "master-2", "master-3");
  });

  it("asks API servers at another port after a reload", async () => {
    const ports = (): string[] => cli("@1 show servers state kube-api").split("\n").map((line) => line.split(" ")).filter((one) => one[1] === "kube-api").map((one) => `${one[3]}:${one[18]}`); // prettier-ignore
    const moved = masters.map((one) => ({ ...one, port: one.name === "master-3" ? 6445 : 6443 }));
    const before = reloads();
    assert.equal(host.apply("control-plane", files({ masters: moved })).stderr, "");
    assert.equal(Number(reloads()), Number(before) + 1);
    assert.deepEqual(ports(), ["master-1:6443", "master-2:6443", "master-3:6445"]);
    await untilUp("master-1", "master-2");
    assert.equal(host.apply("control-plane", files()).stderr, "");
    assert.deepEqual(ports(), ["master-1:6443", "master-2:6443", "master-3:6443"]);
    await untilUp("master-1", "master-2", "master-3");
  });

  it("touches nothing when nothing has changed, and refuses a port that another program holds", () => {
    const before = reloads();
    const pid = host.run("cat /run/gatebox/control-plane/haproxy.pid").stdout;
    assert.equal(host.apply("control-plane", files()).stderr, "");
    assert.deepEqual([reloads(), host.run("cat /run/gatebox/control-plane/haproxy.pid").stdout], [before, pid]);
    const squatter = host.squat(6444);
    const { code, stderr } = host.apply("control-plane", files({ port: 6444 }), ["check"]);
    squatter.kill();
    assert.equal(code, 1);
    assert.match(stderr, /192\.168\.1\.10:6444 is already taken: 0\.0\.0\.0:6444/);
  });

  it("keeps the VIP while no API server is up, and gives it away when the load balancer itself is frozen", async () => {
    host.run("ip address del 192.168.1.10/24 dev box-network");
    const vip = { ...box.virtualIps["kube"]!, priorities: { "master-1": 200, "master-2": 100 } };
    const own = { ...box.hosts["master-1"]!, addresses: { "box-network": "192.168.1.20" } };
    const alone = { ...box, virtualIps: { kube: vip }, hosts: { ...box.hosts, "master-1": own } };
    const state = (): string => host.run("cut -d ' ' -f 1 /run/gatebox/vip/kube.state").stdout;
    const applied = host.apply("vip", vipFiles(alone, own, registry));
    assert.deepEqual({ code: applied.code, stderr: applied.stderr }, { code: 0, stderr: "" });
    await until(() => state() === "MASTER");
    for (const { name } of masters) signal(name, "KILL");
    await untilUp();
    // Longer than anything that could move it: health asks five times a second.
    await pause(2000);
    assert.equal(state(), "MASTER");
    host.run("pkill -STOP -x kube_api_proxy");
    await until(() => state() === "FAULT");
    assert.equal(host.run("ip -o address show to 192.168.1.10").stdout, "");
    host.run("pkill -CONT -x kube_api_proxy");
    await until(() => state() === "MASTER");
    assert.equal(host.run("cd /etc/gatebox/vip && TREE=$PWD sh -eu lifecycle/deactivate").code, 0);
  });

  it("leaves the host as it was when it is removed", () => {
    const { code, stderr } = host.run("cd /etc/gatebox/control-plane && sh -eu lifecycle/deactivate");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(host.run("ss -Hltnp | grep -E ':(6442|8406) '").stdout, "");
    assert.equal(host.run("pgrep -x -r R,S kube_api_proxy").stdout, "");
    assert.notEqual(host.run("test -e /run/gatebox/control-plane").code, 0);
  });
});
