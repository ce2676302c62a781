/** Real servers of GlusterFS, each in namespaces of its own on this machine, with one network between them. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Box } from "../../../box/index.ts";
import { authorityOf } from "../../../host/certificates.ts";
import type { Assembly } from "../../../render/assembly.ts";
import { managementVolume } from "../../../render/gluster/glusterd.ts";
import { glusterVolumesAssembly } from "../../../render/glusterVolumes/index.ts";
import { script } from "../../../render/script.ts";
import { parseProtobox } from "../../box/parsing.ts";
import { registry } from "../../../render/registry.ts";

const programs = path.join(import.meta.dirname, "../../../render/gluster");

/** How a command on a server ended. */
export interface Ended {
  readonly code: number;
  /** What it wrote, errors behind the rest. */
  readonly said: string;
}

/** How a step of a server's tree is run, where that is not as the runtime does it for the first time. */
export interface StepOptions {
  /** The server; the first gateway, unless it says another. */
  readonly host?: string;
  /** Directories of programs, for a stand-in of one. */
  readonly programs?: string | undefined;
  /** Of which the step is; the volumes, unless it says another. */
  readonly assembly?: Assembly | undefined;
  /** What was declared before. */
  readonly previous?: Box | undefined;
}

const protobox = parseProtobox({}).hosts;

/** Hosts of the Protobox that run glusterd, by name. */
export class GlusterServers {
  /** What all of them see of this machine: a directory for whatever a test needs there. */
  readonly directory = mkdtempSync(path.join(tmpdir(), "gatebox-gluster-"));
  readonly #servers = new Map<string, { readonly process: ChildProcess; readonly pid: number; readonly end: string }>();
  readonly #bridge = `gbg${process.pid}`;
  readonly #authority = authorityOf("s".repeat(64), "protobox");

  private constructor() {
    shell(`ip link add ${this.#bridge} type bridge forward_delay 0 && ip link set ${this.#bridge} up`);
  }

  /** Starts hosts, and returns once each answers its `gluster`. Each has the directory of a brick of the volume `files`. */
  static async start(hosts: readonly string[]): Promise<GlusterServers> {
    const servers = new GlusterServers();
    await Promise.all(hosts.map((host) => servers.#start(host)));
    for (const host of hosts) {
      servers.answers(host);
      servers.well(host, `mkdir -p ${brickDirectory}`);
    }
    return servers;
  }

  async #start(host: string): Promise<void> {
    const own = path.join(this.directory, host);
    mkdirSync(own);
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(path.join(own, "glusterfs.key"), privateKey.export({ format: "pem", type: "pkcs8" }));
    writeFileSync(path.join(own, "glusterfs.pem"), this.#authority.certify(host, publicKey.export({ format: "pem", type: "spki" }).toString())); // prettier-ignore
    writeFileSync(path.join(own, "glusterfs.ca"), this.#authority.certificate);
    writeFileSync(path.join(own, "glusterd.vol"), managementVolume);
    writeFileSync(path.join(own, "own-bricks.sh"), script(programs, "own-bricks.sh"));
    const flags = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
    const server = path.join(import.meta.dirname, "gluster-server.sh");
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...flags, "sh", server, own], { stdio: ["ignore", "pipe", "ignore"] }); // prettier-ignore
    await once(child.stdout, "data");
    const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
    const end = `${this.#bridge}-${this.#servers.size}`;
    this.#servers.set(host, { process: child, pid, end });
    shell(`ip link add ${end} type veth peer name lan netns ${pid} && ip link set ${end} master ${this.#bridge} up
      nsenter -t ${pid} -n sh -euc 'ip address add ${addressOf(host)}/24 dev lan && ip link set lan up'`);
  }

  /** Ends all servers, as a power cut does, and removes what was made for them. */
  stop(): void {
    for (const { process } of this.#servers.values()) process.kill("SIGKILL");
    for (const { end } of this.#servers.values()) spawnSync("ip", ["link", "delete", end]);
    spawnSync("ip", ["link", "delete", this.#bridge]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends a server for good: the others hear that its connections end, and do not have to wait until it is silent for long. */
  lose(host: string): void {
    const server = this.#servers.get(host);
    server?.process.kill("SIGKILL");
    // It goes with the server's own end of it.
    spawnSync("sh", ["-c", `tries=0; while ip link show '${server?.end}' && [ $tries -lt 20 ]; do tries=$((tries + 1)); sleep 0.1; done`]); // prettier-ignore
    spawnSync("ip", ["link", "delete", server?.end ?? ""]);
    this.#servers.delete(host);
  }

  /** Runs a script on a server. */
  on(host: string, script: string): Ended {
    const enter = ["-t", String(this.#servers.get(host)?.pid), "-m", "-n", "-p", "sh", "-uc", script];
    const { status, stdout, stderr } = spawnSync("nsenter", enter, { encoding: "utf8", timeout: 150_000 });
    return { code: status ?? -1, said: `${stdout}${stderr}`.trim() };
  }

  /** Runs a script on a server that has to succeed, and returns what it says. */
  well(host: string, script: string): string {
    const { code, said } = this.on(host, script);
    assert.equal(code, 0, `${host}: ${script}: ${said}`);
    return said;
  }

  /** Waits until glusterd of a server answers. */
  answers(host: string): void {
    this.well(host, "tries=0; until gluster --timeout=5 pool list >/dev/null 2>&1; do tries=$((tries + 1)); [ $tries -lt 300 ]; sleep 0.1; done"); // prettier-ignore
  }

  /** Writes a server's tree of an assembly as it is declared, and returns its place. */
  tree(box: Box, host: string, assembly: Assembly = glusterVolumesAssembly): string {
    const tree = mkdtempSync(path.join(this.directory, "tree-"));
    for (const { path: file, text } of assembly.files(box, box.hosts[host]!, registry)) {
      mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      writeFileSync(path.join(tree, file), text);
    }
    return tree;
  }

  /** Runs a step of a server's tree, as the runtime does. */
  step(name: string, box: Box, options: StepOptions = {}): Ended {
    const { host = "gateway-1", programs = "$PATH", previous, assembly } = options;
    const tree = this.tree(box, host, assembly);
    const before = previous === undefined ? "" : this.tree(previous, host, assembly);
    return this.on(host, `TREE=${tree} CURRENT=${tree} PREVIOUS='${before}' PATH="${programs}" STEP=$$ exec sh -eu ${tree}/lifecycle/${name}`); // prettier-ignore
  }

  /** Makes the volumes as declared. */
  apply(box: Box, options: StepOptions = {}): void {
    for (const name of ["check", "activate", "probe"])
      assert.deepEqual(this.step(name, box, options), { code: 0, said: "" }, name);
  }

  /** What `gluster volume info --xml` says of a volume. */
  info(volume = "files", host = "gateway-1") {
    const xml = this.on(host, `gluster volume info ${volume} --xml`).said;
    const bricks = [...xml.matchAll(/<name>(192[^<]*)<\/name>.*?<isArbiter>(\d)<\/isArbiter>/gs)];
    const set = [...xml.matchAll(/<name>([a-z0-9.-]+)<\/name>\s*<value>([^<]*)<\/value>/g)];
    return {
      status: /<statusStr>(\w+)</.exec(xml)?.[1],
      bricks: bricks.map(([, brick, arbiter]) => `${brick}${arbiter === "1" ? " arbiter" : ""}`),
      options: Object.fromEntries(set.map(([, key, value]) => [key, value])) as Readonly<Record<string, string>>,
    };
  }
}

/** Where the hosts have their brick of the volume `files`. */
export const brickDirectory = "/srv/gatebox/bricks/files/brick";

/** A host's brick of the volume `files`, as GlusterFS names it. */
export function brick(host: string, more = ""): string {
  return `${addressOf(host)}:${brickDirectory}${more}`;
}

/** By which the servers know each other. */
export function addressOf(host: string): string {
  return protobox[host]!.addresses["gateway-network"]!;
}

function shell(script: string): void {
  const { status, stderr } = spawnSync("sh", ["-euc", script], { encoding: "utf8", timeout: 60_000 });
  assert.equal(status, 0, `${script}: ${stderr}`);
}
