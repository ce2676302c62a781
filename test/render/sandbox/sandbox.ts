/**
 * A host in namespaces of its own: network, processes and mounts, with what it writes to /etc, /var and /run kept in
 * memory. There is no systemd in it; `systemctl` is the stand-in beside this file. The scripts under test cannot tell.
 */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TreeFile } from "../../../render/treeFile.ts";
import { withTree } from "../checkers.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const memory = `set -eu
mount -t tmpfs tmpfs /run
for one in etc var; do
  mkdir -p "/run/.kept/$one/upper" "/run/.kept/$one/work"
  mount -t overlay overlay -o "lowerdir=/$one,upperdir=/run/.kept/$one/upper,workdir=/run/.kept/$one/work" "/$one"
done
ip link set lo up
echo ready
exec sleep infinity`;

/** The neighbour's side of each interface of the host: a network namespace of its own. */
export interface Link {
  readonly network: string;
  readonly address: string;
  readonly neighbour: string;
}

/** What a load counted; see load.ts. */
export interface Count {
  readonly answered: number;
  readonly failed: number;
  /** Asked once more after a connection that was closed without an answer; only `webserver` does that. */
  readonly repeated: number;
  readonly reasons: readonly string[];
}

/** Waits until `condition` holds. What takes milliseconds has taken more than 10 s on a machine that was full of other work. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${condition.toString()}`);
    await pause(50);
  }
}

export class Sandbox {
  private readonly init: ChildProcess;
  private readonly pid: number;
  private readonly neighbours = new Map<string, number>();
  private readonly children: ChildProcess[] = [];
  private generation = 0;

  private constructor(init: ChildProcess, pid: number) {
    this.init = init;
    this.pid = pid;
  }

  /** Makes the host and one neighbour per link. */
  static async make(links: readonly Link[]): Promise<Sandbox> {
    const flags = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
    // However this process ends, the host ends with it.
    const bound = ["--pdeathsig", "KILL", "unshare", ...flags, "sh", "-c", memory];
    const init = spawn("setpriv", bound, { stdio: ["ignore", "pipe", "inherit"] });
    await once(init.stdout, "data");
    const child = readFileSync(`/proc/${init.pid}/task/${init.pid}/children`, "utf8");
    const sandbox = new Sandbox(init, Number(child));
    for (const link of links) sandbox.connect(link);
    return sandbox;
  }

  private connect({ network, address, neighbour }: Link): void {
    const setup = `set -eu
      unshare --net sleep infinity >/dev/null 2>&1 </dev/null & inner=$!
      tries=0
      until [ "$(readlink "/proc/$inner/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
        tries=$((tries + 1)) && [ "$tries" -lt 100 ] && sleep 0.05
      done
      ip link add '${network}' type veth peer name peer netns "$inner"
      ip addr add '${address}/24' dev '${network}' && ip link set '${network}' up
      nsenter -t "$inner" -n sh -euc "ip link set lo up; ip addr add ${neighbour}/24 dev peer; ip link set peer up"
      echo "$inner"`;
    const { code, stdout, stderr } = this.run(setup);
    if (code !== 0) throw new Error(`cannot connect ${network}: ${stderr}`);
    this.neighbours.set(network, Number(stdout));
  }

  /** The process, as the host sees it, that holds the neighbour on `network`. */
  pidOf(network: string): number {
    return this.neighbours.get(network) ?? 0;
  }

  /** The first process in it, as seen from outside. */
  get outerPid(): number {
    return this.pid;
  }

  private enter(): string[] {
    return ["-t", String(this.pid), "-m", "-n", "-p"];
  }

  private command(where: string | undefined, script: string): string[] {
    const inside = where === undefined ? [] : ["nsenter", "-t", String(this.pidOf(where)), "-n"];
    return [...this.enter(), ...inside, "sh", "-c", script];
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${import.meta.dirname}:${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  }

  /** Runs a script on the host, or on the neighbour on network `where`; for 60 s at most, as the runtime does. */
  run(script: string, where?: string): Outcome {
    const result = spawnSync("nsenter", this.command(where, script), {
      encoding: "utf8",
      timeout: 60_000,
      env: this.environment,
    });
    return { code: result.status ?? -1, stdout: result.stdout.trim(), stderr: result.stderr.trim() };
  }

  /** Starts a program that goes on until the sandbox ends or it is stopped. */
  start(script: string, where?: string): ChildProcess {
    const child = spawn("nsenter", this.command(where, `exec ${script}`), {
      stdio: ["pipe", "pipe", "inherit"],
      env: this.environment,
    });
    this.children.push(child);
    return child;
  }

  /** Starts a program of this directory with Node. */
  startNode(program: string, args: readonly string[], where?: string): ChildProcess {
    return this.start(
      `${process.execPath} --no-warnings ${join(import.meta.dirname, program)} ${args.join(" ")}`,
      where,
    );
  }

  /** Starts a web server (see server.ts), whose answers take `delay` ms and have `size` bytes at least, and waits until it listens. */
  async serve(name: string, address: string, port: number, where?: string, delay = 0, size = 0): Promise<ChildProcess> {
    const server = this.startNode("server.ts", [name, address, String(port), String(delay), String(size)], where);
    if (server.stdout) await once(server.stdout, "data");
    return server;
  }

  /** Does `work` while a steady load asks `url` from the neighbour on `where`, or from the host itself, and counts what became of the requests. */
  async underLoad(
    url: string,
    where: string | undefined,
    like: "browser" | "webserver" | "",
    work: () => void | Promise<void>,
  ): Promise<Count> {
    const load = this.startNode("load.ts", [url, like], where);
    const said: Buffer[] = [];
    load.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    await until(() => said.length > 0);
    await work();
    this.run("pkill -TERM -f sandbox/load.ts");
    await once(load, "close");
    return JSON.parse(Buffer.concat(said).toString().trim().split("\n").at(-1) ?? "") as Count;
  }

  /** Has another program take a port on every address of the host, and waits until it does. */
  squat(port: number): ChildProcess {
    const squatter = this.start(`socat TCP-LISTEN:${port},fork,reuseaddr SYSTEM:true`);
    const { code } = this.run(`timeout 10 sh -c 'until ss -Hltn sport = :${port} | grep -q .; do sleep 0.05; done'`);
    if (code !== 0) throw new Error(`nobody listens on ${port}`);
    return squatter;
  }

  /** Makes `files` the live tree of `assembly`, as the runtime does, and leaves out what `steps` does not name. */
  apply(
    assembly: string,
    files: readonly TreeFile[],
    steps: readonly string[] = ["check", "activate", "probe"],
  ): Outcome {
    this.generation++;
    const tree = `/var/lib/gatebox/${assembly}/generations/${this.generation}`;
    return withTree(files, (source) => {
      const run = steps.filter((step) => step !== "check").map((step) => `step ${step}`);
      return this.run(`set -eu
        mkdir -p '${tree}' /etc/gatebox && cp -a '${source}/.' '${tree}/' && chmod 0755 '${tree}'
        current=/etc/gatebox/${assembly} && previous=$(readlink "$current" || true)
        step() { (cd '${tree}' && TREE='${tree}' CURRENT=$current PREVIOUS=$previous timeout "$(cat lifecycle/limit 2>/dev/null || echo 60)" sh -eu "lifecycle/$1" </dev/null); }
        ${steps.includes("check") ? "step check" : ""}
        ln -sfn '${tree}' "$current"
        touch '${tree}/lifecycle/links'
        while read -r place target; do mkdir -p "\${place%/*}" && cp --remove-destination "$current/$target" "$place"; done <'${tree}/lifecycle/links'
        ${run.join("\n")}`);
    });
  }

  /** Ends all programs in it; nothing of it stays. */
  async remove(): Promise<void> {
    const gone = once(this.init, "exit");
    this.init.kill("SIGKILL");
    await gone;
    for (const child of this.children) child.kill("SIGKILL");
  }
}
