import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { runAsOperator } from "../../lab/operator.ts";
import { operatorHome, project } from "../../lab/stack.ts";
import { hostKeyFor } from "../box/hostKey.ts";
import { stateOf, type HostState } from "./hostState.ts";
import { edited, onHost, runOnHost, world } from "./world.ts";

interface Finding {
  readonly subject: string;
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly hint?: string;
}

interface Examination {
  readonly status: number;
  readonly findings: readonly Finding[];
  readonly printed: string;
  readonly seconds: number;
}

/** What is promised: it ends by then whatever is broken. */
const PROMISED_SECONDS = 10;
const USER = "deploy";

describe("gatebox doctor", () => {
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "gatebox-doctor-"));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  /** Runs it on the operator's workstation, where `up` is run, on a stack file in the workspace of the box's stack. */
  async function examine(configuration: string, env: Record<string, string> = {}): Promise<Examination> {
    const { lab, stack, toolchain } = await world();
    const file = path.join(scratch, "Pulumi.protobox.yaml");
    const salt = /^encryptionsalt:.*$/m.exec(
      await readFile(path.join(stack.directory, "Pulumi.protobox.yaml"), "utf8"),
    );
    await writeFile(file, `${configuration.replace(/^encryptionsalt:.*$/m, "").trimEnd()}\n${salt?.[0] ?? ""}\n`);
    await copyFile(path.join(stack.directory, "kube-ca.pem"), path.join(scratch, "kube-ca.pem"));
    const home = operatorHome(lab).directory;
    const start = performance.now();
    const answer = await runAsOperator(
      lab,
      process.execPath,
      [path.join(project, "cli/main.ts"), "doctor", "--json", file],
      {
        cwd: scratch,
        timeoutSeconds: 60,
        env: {
          ...toolchain.env,
          PATH: [...toolchain.path, path.dirname(process.execPath), process.env["PATH"] ?? ""].join(":"),
          PULUMI_BACKEND_URL: `file://${path.join(home, "state")}`,
          PULUMI_CONFIG_PASSPHRASE_FILE: path.join(home, "passphrase"),
          ...env,
        },
      },
    );
    const seconds = (performance.now() - start) / 1000;
    assert.match(answer.stdout, /^\{/, answer.stderr);
    const { findings } = JSON.parse(answer.stdout) as { findings: readonly Finding[] };
    const printed = findings
      .filter(({ level }) => level !== "fine")
      .map(({ subject, check, message }) => `${subject}: ${check}: ${message}`)
      .join("\n");
    console.log(`        ${seconds.toFixed(1)} s\n${printed.replaceAll(/^/gm, "        ")}`);
    return { status: answer.code, findings, printed, seconds };
  }

  const errorsOf = ({ findings }: Examination): readonly string[] =>
    findings.filter(({ level }) => level === "error").map(({ subject, check }) => `${subject}: ${check}`);

  it("finds nothing wrong with the lab, and says of each host that all is looked at", async () => {
    const examination = await examine(await edited(() => undefined));
    assert.deepEqual(errorsOf(examination), [], examination.printed);
    assert.equal(examination.status, 0);
    assert.ok(examination.seconds < PROMISED_SECONDS, `it took ${examination.seconds} s`);
    for (const host of ["webserver-1", "gateway-3", "supervisor-1"]) {
      const checks = examination.findings.filter(({ subject }) => subject === host).map(({ check }) => check);
      for (const check of ["host key", "log-in", "root", "distribution", "init", "clock", "interfaces", "disk"])
        assert.ok(checks.includes(check), `${host}: ${check} was not looked at`);
    }
  });

  describe("with six things broken", () => {
    let agent: ChildProcess | undefined;
    let earlier: Awaited<ReturnType<typeof states>>;
    const broken = ["gateway-1", "gateway-2", "gateway-4"] as const;

    /** Files that were written since the marker was, where a host keeps anything that somebody has put there; Consul writes by itself. */
    const places = "/etc /usr /opt /root /home /var/lib/gatebox";
    const written = `find ${places} -path /opt/consul -prune -o -newer /run/doctor-marker -print`;

    async function states(): Promise<Readonly<Record<string, HostState & { readonly written: string }>>> {
      const { lab } = await world();
      const states = broken.map(async (host) => {
        return [host, { ...(await stateOf(lab, host)), written: await onHost(lab, host, written) }] as const;
      });
      return Object.fromEntries(await Promise.all(states));
    }

    before(async function () {
      this.timeout(120_000);
      const { lab } = await world();
      // A user whom sudo lets do nothing, and a stand-in for a clock: hosts of the lab share the kernel's, so a `date` that comes
      // before the true one in PATH lies by an hour.
      await runOnHost(lab, "gateway-1", "doctor-user.sh", [USER]);
      await runOnHost(lab, "gateway-2", "doctor-clock.sh", ["break"]);
      agent = spawn("ssh-agent", ["-D", "-a", emptyAgent()], { stdio: "ignore" });
      for (const host of broken) await onHost(lab, host, "touch /run/doctor-marker");
      earlier = await states();
    });
    after(async () => {
      agent?.kill();
      const { lab } = await world();
      await onHost(lab, "gateway-1", `userdel -rf ${USER} 2>/dev/null || true`);
      await runOnHost(lab, "gateway-2", "doctor-clock.sh", ["mend"]);
    });

    const emptyAgent = (): string => path.join(scratch, "agent");

    /** What a person has whose agent is empty: after a restart of the workstation, say, with the key still in its file, or without. */
    async function withEmptyAgent(keyFile?: string): Promise<Record<string, string>> {
      const home = await mkdtemp(path.join(scratch, "home-"));
      await mkdir(path.join(home, ".ssh"));
      if (keyFile !== undefined) await copyFile(keyFile, path.join(home, ".ssh/id_ed25519"));
      // ssh-agent makes its socket some milliseconds after its start; the test's own time limit ends a wait for one that never does.
      while (!existsSync(emptyAgent())) await sleep(20);
      return { HOME: home, SSH_AUTH_SOCK: emptyAgent(), KUBECONFIG: await wrongFile() };
    }

    const wrongFile = async (): Promise<string> => {
      const kubeconfig = path.join(scratch, "kubeconfig");
      const { lab } = await world();
      const good = parse(await readFile(lab.operator.kubeconfig, "utf8")) as Record<string, unknown>;
      await writeFile(kubeconfig, JSON.stringify({ ...good, "current-context": "elsewhere" }));
      return kubeconfig;
    };

    /** The stack file that goes by what the hosts do not have: a user without rights, another key, a NIC that is not there. */
    const wrongStack = (): Promise<string> =>
      edited((document) => {
        const set = (host: string, key: string, value: unknown): void =>
          document.setIn(["config", "gatebox:hosts", host, key], document.createNode(value));
        set("gateway-1", "connection", { user: USER });
        set("webserver-2", "hostKey", hostKeyFor("another machine"));
        set("gateway-4", "macAddresses", {
          "gateway-network": "02:67:c0:a8:02:0e",
          "box-network": "02:67:00:00:00:01",
        });
        document.setIn(["config", "gatebox:hostNetworks"], document.createNode({ pools: ["nat-gateway-pool"] }));
      });

    it("names agent, host key, sudo, clock, interface and kubeconfig in one run of ten seconds", async () => {
      const { lab } = await world();
      const examination = await examine(await wrongStack(), await withEmptyAgent(lab.operator.key));
      assert.equal(examination.status, 1);
      assert.ok(examination.seconds < PROMISED_SECONDS, `it took ${examination.seconds} s`);
      assert.deepEqual([...errorsOf(examination)].sort(), [
        "cluster: kubeconfig",
        "gateway-1: root",
        "gateway-2: clock",
        "gateway-4: interfaces",
        "this machine: SSH agent",
        "webserver-2: host key",
      ]);
      assert.match(
        examination.printed,
        /this machine: SSH agent: has no keys, or is locked; hosts are looked at with ~\/\.ssh\/id_ed25519, which `up` does not use/,
      );
      assert.match(
        examination.printed,
        /webserver-2: host key: has changed: expected ssh-ed25519 SHA256:\S+, found ssh-ed25519 SHA256:\S+/,
      );
      assert.match(examination.printed, /gateway-2: clock: is 60\.0 minutes behind this machine's/);
      assert.match(
        examination.printed,
        /gateway-4: interfaces: no NIC for box-network: none has the hardware address 02:67:00:00:00:01/,
      );
      assert.match(examination.printed, /cluster: kubeconfig: .* has no context "elsewhere"/);
      const root = examination.findings.find(({ check, level }) => check === "root" && level === "error");
      assert.match(root?.message ?? "", /sudo -n is refused to deploy: sudo: a password is required/);
      assert.match(root?.hint ?? "", /deploy ALL=\(ALL:ALL\) NOPASSWD: ALL/);
    });

    it("names an agent without keys, and of the others what can be told without a log-in", async () => {
      const examination = await examine(await wrongStack(), await withEmptyAgent());
      assert.ok(examination.seconds < PROMISED_SECONDS, `it took ${examination.seconds} s`);
      assert.match(examination.printed, /this machine: SSH agent: has no keys, or is locked$/m);
      assert.deepEqual([...errorsOf(examination)].sort(), [
        "cluster: kubeconfig",
        "this machine: SSH agent",
        "webserver-2: host key",
      ]);
      // The second stands behind the bastion.
      assert.match(examination.printed, /^gateway-1: log-in: not tried/m);
      assert.match(examination.printed, /^gateway-3: log-in: at the bastion: not tried/m);
    });

    it("changes nothing on the hosts", async () => {
      const later = await states();
      assert.deepEqual(later, earlier);
      for (const host of broken) assert.equal(later[host]?.written, "");
    });
  });

  it("ends in ten seconds when a host is silent, and names it", async () => {
    const { lab } = await world();
    const sshd = "$(systemctl show -p MainPID --value ssh)";
    await onHost(lab, "gateway-5", `kill -STOP ${sshd}`);
    try {
      const examination = await examine(await edited(() => undefined));
      assert.deepEqual(errorsOf(examination), ["gateway-5: SSH banner"]);
      assert.ok(examination.seconds < PROMISED_SECONDS, `it took ${examination.seconds} s`);
    } finally {
      await onHost(lab, "gateway-5", `kill -CONT ${sshd}`);
    }
  });
});
