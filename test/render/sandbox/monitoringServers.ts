/** Two servers of monitoring with the real Prometheus and Alertmanager, hosts that they watch, and who is told. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Box } from "../../../box/index.ts";
import { registry } from "../../../render/registry.ts";
import { Sandbox, until } from "./sandbox.ts";

/** A message as it arrived. */
export interface Message {
  readonly at: number;
  /** The Alertmanager that sent it. */
  readonly from: string;
  readonly status: "firing" | "resolved";
  /** `ALERT/HOST` */
  readonly of: readonly string[];
}

/** Where the messages go: no host of the box. */
export const receiverUrl = "http://192.168.2.100:9000/alerts";

const servers = ["gateway-4", "gateway-5"] as const;
/** A server of monitoring. */
export type Server = (typeof servers)[number];

const programs = ["alertmanager", "prometheus"] as const;

/** All hosts hang on one switch, each in a network namespace of its own. */
export class MonitoringServers {
  readonly messages: Message[] = [];
  private readonly sandbox: Sandbox;
  private readonly box: Box;
  private readonly running = new Map<string, ChildProcess>();
  private readonly namespaces = new Map<string, string>();

  private constructor(sandbox: Sandbox, box: Box) {
    this.sandbox = sandbox;
    this.box = box;
  }

  /** @param hosts that are watched, beside the two servers */
  static async make(box: Box, hosts: readonly string[]): Promise<MonitoringServers> {
    const made = new MonitoringServers(await Sandbox.make([]), box);
    made.must("ip link add lan type bridge && ip link set lan up && ip addr add 192.168.2.100/24 dev lan && ip addr add 192.168.1.100/24 dev lan"); // prettier-ignore
    for (const [index, host] of [...servers, ...hosts].entries()) made.connect(host, index);
    await made.receive();
    for (const host of [...servers, ...hosts]) made.exporter(host);
    for (const host of servers) await made.start(host, [...servers, ...hosts]);
    return made;
  }

  /** What `count` says of messages since a moment, by `STATUS ALERT/HOST`. */
  counts(since: number): Map<string, number> {
    const told = this.messages.filter(({ at }) => at >= since);
    const names = told.flatMap(({ status, of }) => of.map((one) => `${status} ${one}`));
    return new Map([...Map.groupBy(names, (one) => one)].map(([name, all]) => [name, all.length]));
  }

  /** Takes a host off the switch, or gives it back. */
  cable(host: string, state: "up" | "down"): void {
    this.must(`ip link set port-${this.namespaces.get(host) ?? ""} ${state}`);
  }

  /** Asks a server's Prometheus; its answer's values by host. */
  query(host: Server, expression: string): Map<string, number> {
    const url = `http://${this.address(host)}:9090/prometheus/api/v1/query`;
    const { stdout } = this.sandbox.run(`curl -s -m 10 -G ${url} --data-urlencode 'query=${expression}'`);
    const { data } = JSON.parse(stdout || "{}") as { data?: { result: { metric: { host?: string; job?: string }; value: [number, string] }[] } }; // prettier-ignore
    return new Map((data?.result ?? []).map(({ metric, value }) => [`${metric.job ?? ""}/${metric.host ?? ""}`, Number(value[1])])); // prettier-ignore
  }

  /** Kills both programs of a server at once, as a power failure would, and takes it off the switch. */
  kill(host: Server): void {
    this.cable(host, "down");
    for (const program of programs) this.sandbox.run(`pkill -KILL -f ' --config.file=/run/${host}/${program}/'`);
  }

  /** Starts a server's programs, and waits until they are ready and the Alertmanagers see each other. */
  async start(host: Server, hosts: readonly string[]): Promise<void> {
    this.cable(host, "up");
    for (const program of programs) this.launch(host, program, hosts);
    const ready = (path: string): boolean =>
      this.sandbox.run(`curl -s -m 2 -o /dev/null -w '%{http_code}' http://${this.address(host)}:${path}-/ready`).stdout === "200"; // prettier-ignore
    await until(() => ready("9090/prometheus/") && ready("9093/alertmanager/"));
  }

  /** Whether an Alertmanager sees this many, itself included. */
  members(host: Server): number {
    const { stdout } = this.sandbox.run(`curl -s -m 2 http://${this.address(host)}:9093/alertmanager/metrics | sed -n 's/^alertmanager_cluster_members //p'`); // prettier-ignore
    return Number(stdout);
  }

  remove(): Promise<void> {
    return this.sandbox.remove();
  }

  private address(host: Server): string {
    return this.box.hosts[host]!.addresses["gateway-network"]!;
  }

  private must(script: string): string {
    const { code, stdout, stderr } = this.sandbox.run(script);
    if (code !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  }

  private connect(host: string, index: number): void {
    const id = `m${index}`;
    const addresses = Object.values(this.box.hosts[host]!.addresses);
    const inside = addresses.map((one) => `ip addr add ${one}/24 dev eth0`).join("; ");
    const pid = this.must(`set -eu
      unshare --net sleep infinity >/dev/null 2>&1 </dev/null & inner=$!
      tries=0
      until [ "$(readlink "/proc/$inner/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
        tries=$((tries + 1)) && [ "$tries" -lt 100 ] && sleep 0.05
      done
      ip link add port-${id} type veth peer name eth0 netns "$inner"
      ip link set port-${id} master lan up
      nsenter -t "$inner" -n sh -euc "ip link set lo up; ip link set eth0 up; ${inside}"
      echo "$inner"`);
    this.namespaces.set(host, id);
    this.namespaces.set(`${host} pid`, pid);
  }

  private inside(host: string, command: string): ChildProcess {
    const pid = this.namespaces.get(`${host} pid`) ?? "";
    return this.sandbox.start(`nsenter -t ${pid} -n ${command}`);
  }

  private async receive(): Promise<void> {
    const receiver = this.sandbox.startNode("alertReceiver.ts", ["192.168.2.100", "9000"]);
    let rest = "";
    receiver.stdout?.on("data", (chunk: Buffer) => {
      const lines = `${rest}${chunk.toString()}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.includes('"status"')) this.messages.push(JSON.parse(line) as Message);
    });
    if (receiver.stdout) await once(receiver.stdout, "data");
  }

  /** The real exporter with the least that it can tell, as a dozen are asked each second. */
  private exporter(host: string): void {
    const networks = this.box.monitoring!.networks;
    const { addresses } = this.box.hosts[host]!;
    const address = networks.map((network) => addresses[network]).find((one) => one !== undefined) ?? "";
    const log = ">/dev/null 2>&1";
    this.inside(host, `sh -c 'exec prometheus-node-exporter --web.listen-address=${address}:9100 --web.disable-exporter-metrics --collector.disable-defaults --collector.time ${log}'`); // prettier-ignore
  }

  /** With its rendered files, in places of its own: both servers share the sandbox's file system. */
  private launch(host: Server, program: (typeof programs)[number], hosts: readonly string[]): void {
    const assembly = registry.assemblies.find(({ name }) => name === program)!;
    const tree = `/run/${host}/${program}`;
    const moved = (text: string): string =>
      text
        .replaceAll(`/etc/gatebox/${program}`, tree)
        .replaceAll(`/run/gatebox-${program}`, tree)
        .replace(/--storage(\S*)\.path=\S+/, `--storage$1.path=${tree}/data`);
    for (const { path, text } of assembly.files(this.box, this.box.hosts[host]!, registry)) {
      if (!/^(?:prometheus|alertmanager|targets|systemd)\//.test(path)) continue;
      const content = path.startsWith("targets/") ? ofHosts(text, hosts) : moved(text);
      this.must(`mkdir -p "$(dirname ${tree}/${path})" && cat >${tree}/${path} <<'END_OF_FILE'\n${content}END_OF_FILE`);
    }
    const command = this.must(`sed -n 's/^ExecStart=\\(..*\\)/\\1/p' ${tree}/systemd/service.conf`);
    this.must(`rm -f ${tree}/targets/haproxy.json ${tree}/targets/nginx.json`);
    this.running.set(`${host} ${program}`, this.inside(host, `sh -c 'exec ${command} >>/run/${host}/${program}.log 2>&1'`)); // prettier-ignore
  }
}

/** The targets that there are in the sandbox. */
function ofHosts(text: string, hosts: readonly string[]): string {
  const groups = JSON.parse(text) as { labels: { host: string } }[];
  return `${JSON.stringify(groups.filter(({ labels }) => hosts.includes(labels.host)))}\n`;
}
