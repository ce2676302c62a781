/** Hosts with the real Consul on one network: servers on the NAT gateways and the supervisor, and an agent on a gateway. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Box, Host } from "../../../box/index.ts";
import { consulSecretsOf, type ConsulSecrets } from "../../../components/consulSecrets.ts";
import { authorityOf } from "../../../host/certificates.ts";
import { consulUnitFile } from "../../../lab/consul/package.ts";
import { prepareConsul } from "../../../lab/toolchain/index.ts";
import { consulCertificateFiles, consulSecretFiles } from "../../../render/consul/index.ts";
import { certifiedNames, memberAddress } from "../../../render/consul/members.ts";
import { consulPolicies, consulTokenFiles } from "../../../render/consulAccess/index.ts";
import { agentPolicy, dnsPolicy } from "../../../render/consulAccess/policies.ts";
import { consul, consulAccess, registry } from "../../../render/registry.ts";
import type { TreeFile } from "../../../render/treeFile.ts";
import { Sandbox, type Outcome } from "./sandbox.ts";
import { scriptFile, scriptPath } from "./scriptFile.ts";
import { Segment } from "./segment.ts";

/** The servers of the sample. */
export const consulServers = ["gateway-4", "gateway-5", "supervisor-1"] as const;

/** The secret that all others of the sample follow from. */
export const consulSecret = "a secret of a test that is long and known to nobody else";

/** What a request is answered with. */
export interface Answer {
  readonly status: string;
  readonly body: string;
}

/** Hosts of a box, each a sandbox; the real Consul, its files and scripts; only systemd is a stand-in. */
export class ConsulHosts {
  readonly box: Box;
  readonly secrets: ConsulSecrets;
  readonly #hosts = new Map<string, Sandbox>();
  readonly #keys = new Map<string, string>();
  readonly #network: Segment;

  private constructor(box: Box, network: Segment, secret: string) {
    this.box = box;
    this.#network = network;
    this.secrets = consulSecretsOf(secret);
  }

  /** Makes the hosts; Consul is on none of them yet. */
  static async make(box: Box, names: readonly string[], secret = consulSecret): Promise<ConsulHosts> {
    const hosts = new ConsulHosts(box, await Segment.make("box-network"), secret);
    for (const name of names) await hosts.add(name);
    return hosts;
  }

  /** Adds a host, with its own address on the network of the gateways and a web server beside it there. */
  async add(name: string): Promise<Sandbox> {
    const { addresses } = this.#host(name);
    const own = addresses["gateway-network"];
    const links = own === undefined ? [] : [{ network: "gateway-network", address: own, neighbour: "192.168.2.1" }];
    const sandbox = await Sandbox.make(links);
    this.#network.join(sandbox, memberAddress(this.box, this.#host(name)));
    const program = await prepareConsul((line) => console.log(`      ${line}`));
    const { code, stderr } = sandbox.run(scriptFile("consul-host.sh", program, consulUnitFile));
    assert.equal(code, 0, stderr);
    this.#hosts.set(name, sandbox);
    this.#keys.set(name, sandbox.run("openssl pkey -in /var/lib/gatebox/keys/consul.pem -pubout").stdout);
    return sandbox;
  }

  at(name: string): Sandbox {
    const sandbox = this.#hosts.get(name);
    if (sandbox === undefined) throw new Error(`no host ${name}`);
    return sandbox;
  }

  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** All files of the assembly `consul` on a host, as a box that may be another one has them. */
  tree(name: string, box = this.box, secrets = this.secrets): TreeFile[] {
    const host = this.#host(name);
    const authority = authorityOf(`consul ${secrets.management}`, box.name);
    const own = authority.certify(name, this.#keys.get(name) ?? "", certifiedNames(box, host));
    const certificates = [
      { path: consulCertificateFiles.own, mode: "0644", text: own } as const,
      { path: consulCertificateFiles.authority, mode: "0644", text: authority.certificate } as const,
    ];
    return [...this.configuration(name, box, secrets), ...certificates];
  }

  /** These files without certificates, for which a host must have made its key. */
  configuration(name: string, box = this.box, secrets = this.secrets): TreeFile[] {
    const host = this.#host(name);
    const tokenOf = (policy: string): string => secrets.tokenOf(policy).secret;
    const held = { ...secrets, agent: tokenOf(agentPolicy(box, host).name), dns: tokenOf(dnsPolicy.name) };
    return [...consul.files(box, host, registry), ...consulSecretFiles(box, host, held)];
  }

  /** All files of the assembly `consul-access` on a server. */
  accessTree(name: string, box = this.box): TreeFile[] {
    const { management, tokenOf } = this.secrets;
    const tokens = consulTokenFiles(consulPolicies(box, consul), management, tokenOf);
    return [...consulAccess.files(box, this.#host(name), registry), ...tokens];
  }

  /** Makes a host what its tree says; without `steps` as the runtime does. */
  apply(name: string, files = this.tree(name), steps?: readonly string[]): Outcome {
    return this.at(name).apply("consul", files, steps);
  }

  /** The same of access. */
  applyAccess(name: string, files = this.accessTree(name), steps?: readonly string[]): Outcome {
    return this.at(name).apply("consul-access", files, steps);
  }

  /** Makes an agent what a stranger's tree says, empty at first; it is started and probed, and unlike the runtime nothing is put back. */
  applyForeign(name: string, files: readonly TreeFile[]): Outcome {
    this.at(name).run("systemctl stop consul.service; rm -rf /opt/consul");
    const hasty = files.map((file) =>
      file.path === "lifecycle/probe" ? { ...file, text: file.text.replace("try_within 90", "try_within 8") } : file,
    );
    const outcome = this.apply(name, hasty);
    this.at(name).run("systemctl stop consul.service; rm -rf /opt/consul");
    return outcome;
  }

  /** In place of a server that is not there yet: answers at its port for members, with a clock that differs by SECONDS. */
  clock(name: string, seconds: number): ChildProcess {
    const place = "/run/clock";
    const files = this.tree(name).filter(({ path: file }) => file.startsWith("tls/"));
    const write = files.map(({ path: file, text }) => `cat >${place}/${path.basename(file)} <<'END'\n${text}END`);
    this.at(name).run(`mkdir -p ${place}\n${write.join("\n")}`);
    const tls = `cert=${place}/certificate.pem,key=/var/lib/gatebox/keys/consul.pem,cafile=${place}/authority.pem`;
    const bind = memberAddress(this.box, this.#host(name));
    return this.at(name).start(`socat OPENSSL-LISTEN:8501,bind=${bind},${tls},fork,reuseaddr 'EXEC:sh ${scriptPath("other-clock.sh")} ${seconds}'`); // prettier-ignore
  }

  /** Where a host is asked for one of its services. */
  serviceOf(name: string, service: string): { readonly address: string; readonly port: number; readonly path: string } {
    const text = this.tree(name).find(({ path: file }) => file === "config/services.json")?.text ?? "{}";
    const { services = [] } = JSON.parse(text) as { services?: { name: string; checks: { http: string }[] }[] };
    const { hostname, port, pathname } = new URL(services.find((one) => one.name === service)?.checks[0]?.http ?? "");
    return { address: hostname, port: Number(port), path: pathname };
  }

  /** Asks a host's API there, with a token of a policy, the management token or none. */
  ask(name: string, token: string, request: string, body?: unknown): Answer {
    const [method = "GET", where = ""] = request.split(" ");
    const secret = this.#token(token);
    const data = body === undefined ? "" : ` --data-binary '${JSON.stringify(body)}'`;
    const header = secret === "" ? "" : ` -H 'X-Consul-Token: ${secret}'`;
    const url = where.startsWith("http") ? where : `http://127.0.0.1:8500/v1/${where}`;
    const { stdout } = this.at(name).run(`curl -s --noproxy '*' -m 10 -w '\\n%{http_code}' -X ${method}${header}${data} '${url}'`); // prettier-ignore
    const end = stdout.lastIndexOf("\n");
    return { status: stdout.slice(end + 1), body: stdout.slice(0, Math.max(end, 0)) };
  }

  /** Runs Consul's own commands on a host, allowed to do all. */
  consul(name: string, command: string): Outcome {
    return this.at(name).run(`CONSUL_HTTP_ADDR=127.0.0.1:8500 CONSUL_HTTP_TOKEN=${this.secrets.management} timeout 40 consul ${command}`); // prettier-ignore
  }

  /** Who a host's Consul takes for the leader: its address, or "". */
  leader(name: string): string {
    const { status, body } = this.ask(name, "", "GET status/leader");
    return status === "200" ? (JSON.parse(body) as string) : "";
  }

  /** Ends Consul on a host at once, as a power failure would. */
  kill(name: string): void {
    this.at(name).run("kill -KILL $(cat /run/supervise/consul.service.pid) $(cat /run/supervise/consul.service.main); rm -f /run/supervise/consul.service.pid"); // prettier-ignore
  }

  start(name: string): void {
    this.at(name).run("systemctl start consul.service");
  }

  /** Does the same on several hosts at once. */
  async together(names: readonly string[], script: string): Promise<void> {
    const running: ChildProcess[] = names.map((name) => this.at(name).start(`sh -c '${script}'`));
    await Promise.all(running.map((one) => once(one, "exit")));
  }

  /** What a source of metrics tells of a host, asked as its timer asks. */
  told(name: string, source: string): string {
    const { files } = registry.assemblies.find((one) => one.name === "metrics")!;
    this.at(name).apply("metrics", files(this.box, this.#host(name), registry), []);
    const place = "/var/lib/prometheus/node-exporter";
    return this.at(name).run(`mkdir -p ${place}; perl /etc/gatebox/metrics/scripts/collect ${source}; cat ${place}/gatebox_${source}.prom`).stdout; // prettier-ignore
  }

  pid(name: string): string {
    return this.at(name).run("cat /run/supervise/consul.service.main").stdout;
  }

  log(name: string): string {
    return this.at(name).run("cat /run/supervise/consul.service.log").stdout;
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((sandbox) => sandbox.remove()));
    this.#network.remove();
  }

  #token(of: string): string {
    if (of === "") return "";
    return of === "management" ? this.secrets.management : this.secrets.tokenOf(of).secret;
  }

  #host(name: string): Host {
    const host = this.box.hosts[name];
    if (host === undefined) throw new Error(`box ${this.box.name} has no host ${name}`);
    return host;
  }
}
