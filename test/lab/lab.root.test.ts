import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takeDown } from "../../lab/down.ts";
import { diskOf } from "../../lab/hosts/disk.ts";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { killHost, leaderOf, startHost, stopHost } from "../../lab/hosts/machine.ts";
import { networksOf } from "../../lab/inventory.ts";
import { runAsOperator, sshArguments } from "../../lab/operator.ts";
import { run } from "../../lab/run.ts";
import { labsOnThisMachine, namespaceOf, readRecord } from "../../lab/state.ts";
import { readStatus } from "../../lab/status.ts";
import { journalPlaces, sshConnections } from "../e2e/world.ts";
import { describeAddresses } from "./labAddresses.ts";
import { describeDisks } from "./labDisks.ts";
import { cableNumber, hasInterface, tracesOf } from "./traces.ts";
import {
  HOSTS,
  gateway,
  webserver,
  lab,
  other,
  up,
  ssh,
  DEFAULT_ROUTE,
  defaultRoute,
  NETWORKD_SECONDS,
  hasAddress,
  within,
} from "./labs.ts";

describe("a lab", function () {
  // Without the image in the cache, the first `up` installs a base system: a minute here, more over a slow line.
  this.timeout(600_000);

  before(() => up(lab));

  after(async () => {
    await takeDown(other, { quiet: true });
    await takeDown(lab, { quiet: true });
  });

  describe("its hosts", () => {
    it("run a real systemd in which nothing has failed", async () => {
      for (const host of HOSTS) {
        const { stdout } = await exec(lab, host, "systemctl is-system-running --wait; systemctl --failed --no-legend");
        assert.equal(stdout, "running\n", host);
      }
    });

    it("are bare: what Gatebox installs is not there", async () => {
      const { stdout } = await exec(lab, gateway.name, "command -v haproxy nginx nft keepalived; true");
      assert.equal(stdout, "");
    });

    it("carry their names, and the names of those that they share a network with", async () => {
      const { stdout } = await exec(lab, webserver.name, "hostname; getent hosts gateway-1; getent hosts node-1");
      assert.equal(stdout.replace(/ +/g, " "), "webserver-1\n192.168.2.11 gateway-1\n");
    });

    it("pass on nothing between their networks", async () => {
      for (const host of [webserver.name, gateway.name]) {
        assert.equal((await exec(lab, host, "cat /proc/sys/net/ipv4/ip_forward")).stdout, "0\n", host);
      }
      const operator = await runAsOperator(lab, "cat", ["/proc/sys/net/ipv4/ip_forward"]);
      assert.equal(operator.stdout, "0\n");
    });

    it("reach each other on a shared network, and refuse the others at once", async () => {
      // Refused at once, it says why; a time-out says nothing. Ten seconds are for an answer from a busy machine.
      const probe = (address: string): string => `timeout 10 bash -c 'read -r x < /dev/tcp/${address}/22; echo "$x"'`;
      assert.match((await exec(lab, webserver.name, probe("192.168.2.11"))).stdout, /^SSH-2.0/);
      const refused = await exec(lab, webserver.name, probe("192.168.1.11"));
      assert.match(refused.stderr, /unreachable/);
    });
  });

  describeAddresses();
  describeDisks();

  describe("exec", () => {
    it("passes on status, output and input", async () => {
      const result = await exec(lab, gateway.name, "cat; echo broken >&2; exit 7", { input: "a secret\n" });
      assert.deepEqual(result, { code: 7, stdout: "a secret\n", stderr: "broken\n" });
    });

    it("ends what takes too long, inside the host too", async () => {
      const result = await exec(lab, gateway.name, "sleep 4321", { timeoutSeconds: 1 });
      assert.equal(result.code, 124);
      assert.equal((await exec(lab, gateway.name, "pgrep -x sleep")).stdout, "");
    });

    it("names the host that is off", async () => {
      await assert.rejects(exec(lab, "gateway-2", "true"), /host gateway-2 of lab .* is off/);
    });
  });

  describe("the operator's workstation", () => {
    it("logs in to every host with the agent's key, host keys checked", async () => {
      for (const host of HOSTS) {
        const { code, stdout, stderr } = await ssh(lab, host, "hostname");
        assert.deepEqual({ code, stdout }, { code: 0, stdout: `${host}\n` }, stderr);
      }
    });

    it("is counted by hosts when it logs in, whatever their journals end with", async () => {
      const count = async (last: string, logins: number): Promise<number | undefined> => {
        await exec(lab, gateway.name, `${last}; journalctl --sync`);
        const places = await journalPlaces(lab, [gateway.name]);
        for (let login = 0; login < logins; login += 1) await ssh(lab, gateway.name, "true");
        return (await sshConnections(lab, places))[gateway.name];
      };
      for (const logins of [0, 1, 2]) {
        assert.equal(await count("logger -t other 'Connection from nobody'", logins), logins);
        assert.equal(await count("logger -t sshd 'a line of sshd'", logins), logins);
      }
    });

    it("refuses a host whose key is another", async () => {
      const lines = (await readFile(lab.knownHosts, "utf8")).split("\n");
      const foreign = lines.find((line) => line.startsWith("webserver-1,"))?.split(" ")[2] ?? "";
      const forged = join(lab.directory, "forged");
      await writeFile(forged, `192.168.1.11 ssh-ed25519 ${foreign}\n`);
      const args = ["-o", `UserKnownHostsFile=${forged}`, "-o", "BatchMode=yes", ...sshArguments(lab, gateway), "true"];
      const { code, stderr } = await runAsOperator(lab, "ssh", args, { timeoutSeconds: 15 });
      assert.equal(code, 255);
      assert.match(stderr, /Host key verification failed/);
    });

    it("has a way to the lab and to nowhere else", async () => {
      const { stdout } = await runAsOperator(lab, "ip", ["-4", "route", "show"]);
      assert.deepEqual(stdout.match(/^\S+/gm), ["192.168.0.0/24", "192.168.1.0/24"]);
    });

    it("has its addresses again after an up that was killed before it gave them", async () => {
      const routes = async (): Promise<string> => (await runAsOperator(lab, "ip", ["-4", "route", "show"])).stdout;
      const before = await routes();
      await runAsOperator(lab, "ip", ["address", "flush", "dev", "box-network"]);
      await runAsOperator(lab, "ip", ["link", "set", "public-network", "down"]);
      assert.equal(await routes(), "");
      await up(lab);
      assert.equal(await routes(), before);
      assert.equal((await ssh(lab, gateway.name, "hostname")).stdout, "gateway-1\n");
    });

    it("tells programs where keys, cluster and known hosts are", async () => {
      const script = 'echo "$GATEBOX_KNOWN_HOSTS $KUBECONFIG $SSH_AUTH_SOCK $EXTRA"';
      const { stdout } = await runAsOperator(lab, "sh", ["-c", script], { env: { EXTRA: "yes" } });
      const { knownHosts, operator } = lab;
      assert.equal(stdout, `${knownHosts} ${operator.kubeconfig} ${operator.agentSocket} yes\n`);
    });
  });

  describe("power", () => {
    it("a second up leaves running hosts alone and starts those that died, disk kept", async () => {
      await exec(lab, gateway.name, "echo kept > /root/note; ip rule add from 203.0.113.1 table 99");
      const before = await Promise.all(HOSTS.map((host) => leaderOf(lab, host)));
      await killHost(lab, gateway);
      assert.deepEqual(
        (await readStatus(lab))?.filter((row) => !row.up).map((row) => row.host.name),
        [gateway.name],
      );
      await up(lab);
      const after = await Promise.all(HOSTS.map((host) => leaderOf(lab, host)));
      assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
      assert.notEqual(after[2], before[2]);
      const { stdout } = await exec(lab, gateway.name, "cat /root/note; ip rule show from 203.0.113.1");
      assert.equal(stdout, "kept\n", "the disk keeps its files, the kernel's memory is gone");
      for (const network of networksOf(gateway)) {
        assert.ok(await hasAddress(gateway.name, network), network);
      }
      assert.ok(await within(NETWORKD_SECONDS, async () => (await defaultRoute(gateway.name)) === DEFAULT_ROUTE));
    });

    it("a stopped host has shut down in order; a killed one has not", async () => {
      const unit = "systemd-run --quiet --unit=tidy --property=ExecStop='/bin/touch /root/tidied' sleep infinity";
      const tidied = join((await diskOf(lab, webserver)).upper, "root/tidied");
      const wasTidied = (): Promise<boolean> =>
        readFile(tidied)
          .then(() => true)
          .catch(() => false);
      await execChecked(lab, webserver.name, "start a service", unit);
      await killHost(lab, webserver);
      assert.ok(!(await wasTidied()));
      await startHost(lab, webserver);
      await waitForSsh(lab, webserver);
      await execChecked(lab, webserver.name, "start a service", unit);
      await stopHost(lab, webserver);
      assert.ok(await wasTidied());
      await startHost(lab, webserver);
      await waitForSsh(lab, webserver);
    });
  });

  describe("beside a second lab", () => {
    before(() => up(other, [gateway.name]));

    it("keeps its own hosts behind the same addresses", async () => {
      await exec(lab, gateway.name, "echo first > /root/lab");
      await exec(other, gateway.name, "echo second > /root/lab");
      const seen = await Promise.all([lab, other].map((each) => ssh(each, gateway.name, "cat /root/lab")));
      assert.deepEqual(
        seen.map((result) => result.stdout),
        ["first\n", "second\n"],
        seen.map((result) => result.stderr).join(),
      );
    });

    it("stays as it was when the other goes, uplink included", async () => {
      await takeDown(other, { quiet: true });
      assert.deepEqual(await tracesOf(other), []);
      assert.equal((await ssh(lab, gateway.name, "hostname")).stdout, "gateway-1\n");
      await execChecked(lab, gateway.name, "apt-get update", "apt-get -q update", { timeoutSeconds: 240 });
    });
  });

  describe("down", () => {
    it("after an up that was killed half-way, up goes on and down leaves nothing", async () => {
      const cli = join(import.meta.dirname, "../../lab/cli.ts");
      const args = [cli, "up", "--name", other.name, "--hosts", HOSTS.join(",")];
      const cutOff = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(cutOff, "exit");
      // The first host is being started: namespaces, mounts and processes are in the middle of being made.
      for await (const chunk of cutOff.stdout) {
        if (String(chunk).includes("client")) {
          cutOff.kill("SIGKILL");
        }
      }
      assert.deepEqual(await ended, [null, "SIGKILL"], "it must not have come to its end");
      await up(other);
      assert.ok((await readStatus(other))?.every((row) => row.up));
      await takeDown(other, { quiet: true });
      assert.deepEqual(await tracesOf(other), []);
    });

    it("leaves nothing behind, also of what was killed, mounted by hand or left running", async () => {
      const supervisor = Number((await readFile(`/proc/${await leaderOf(lab, "client")}/stat`, "utf8")).split(" ")[3]);
      process.kill(supervisor, "SIGKILL");
      const mountpoint = join(lab.directory, "looked-at");
      await mkdir(mountpoint);
      await run("mount", ["-t", "tmpfs", "tmpfs", mountpoint]);
      const left = spawn("nsenter", [`--net=/run/netns/${namespaceOf(lab, "operator")}`, "sleep", "4321"]);
      const ended = new Promise((resolve) => left.once("exit", resolve));
      const cable = (await cableNumber((await readRecord(lab))?.index)) ?? "";
      assert.ok(await hasInterface(cable));
      await appendFile(join(lab.directory, "lab.json"), "no JSON any more");
      const before = (await tracesOf(lab)).length;
      assert.ok(before > 20, `the search for traces finds only ${before}`);

      await takeDown(lab, { quiet: true });
      await ended;
      assert.deepEqual(await tracesOf(lab), []);
      assert.ok(!(await hasInterface(cable)));
    });

    it("is no error for a lab that is not there", async () => {
      await takeDown(lab, { quiet: true });
      assert.deepEqual(await tracesOf(lab), []);
      assert.ok(!(await labsOnThisMachine()).includes(lab.name));
    });
  });
});
