import assert from "node:assert/strict";
import { drain } from "../../../cli/drain.ts";
import { NotDone } from "../../../cli/drain/work.ts";
import { reboot } from "../../../cli/reboot.ts";
import { undrain } from "../../../cli/undrain.ts";
import { ToldHosts } from "./hosts.ts";

/** The message with which something was not done. */
async function notDone(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof NotDone, String(error));
    return error.message;
  }
  return assert.fail("it was done");
}

describe("gatebox drain", () => {
  let hosts: ToldHosts;
  beforeEach(() => {
    hosts = new ToldHosts();
  });
  const drained = (host: string, force = false, wait = 60) => drain(hosts.work, { host, force, wait });

  it("takes a host out of traffic, and says that nothing goes through it any more", async () => {
    const { status, text, data } = await drained("gateway-1");
    assert.deepEqual([status, text], [0, "gateway-1 is drained: no client has a connection to it any more"]);
    assert.deepEqual(data, { host: "gateway-1", already: false, remaining: 0, cutOff: 0, lacking: [] });
    assert.deepEqual([hosts.done, hosts.of("gateway-1").announced], [["gateway-1 drain"], false]);
  });

  it("says of a node of the cluster that its pods stay", async () => {
    await drained("gateway-1");
    await drained("webserver-1");
    assert.deepEqual(hosts.said, [
      "gateway-1 is a node of the cluster too: its pods stay there (kubectl drain gateway-1 moves them)",
    ]);
  });

  it("waits for connections to end, and not for longer than it is to", async () => {
    hosts.of("webserver-1").connections = 3;
    assert.equal((await drained("webserver-1")).status, 0);
    assert.deepEqual(hosts.said, ["webserver-1: nothing new comes to it; waiting for 3 connections, 60 s at most"]);
    hosts.of("webserver-1").connections = 500;
    const { status, text } = await drained("webserver-1", false, 10);
    assert.equal(status, 1);
    assert.match(text, /^webserver-1 is drained, but 490 connections to it went on after 10 s; /);
  });

  it("goes on where it was drained before, without asking whether it may", async () => {
    await drained("webserver-1");
    hosts.of("webserver-2").silent = "connection: refused";
    assert.match((await drained("webserver-1")).text, /^webserver-1 was drained before: /);
  });

  for (const [what, break_, says] of [
    ["is silent", (h: ToldHosts) => (h.of("webserver-2").silent = "connection: refused"), "connection: refused"],
    ["is drained", (h: ToldHosts) => (h.of("webserver-2").drained = true), "is drained"],
    [
      "is about to be drained",
      (h: ToldHosts) => (h.of("webserver-2").announced = true),
      "is about to be drained, by somebody else",
    ],
    [
      "does not serve",
      (h: ToldHosts) => h.of("webserver-2").fails.set("webserver", "nginx is not running"),
      "webserver: nginx is not running",
    ],
    [
      "would not keep connections through it",
      (h: ToldHosts) => h.of("webserver-2").fails.set("nat", "conntrackd does not answer"),
      "nat: conntrackd does not answer",
    ],
    [
      "could not hold an address",
      (h: ToldHosts) => h.of("webserver-2").states.set("edge", "FAULT"),
      "cannot hold edge",
    ],
  ] as const)
    it(`does nothing where the only other host ${what}, unless that is forced`, async () => {
      break_(hosts);
      const message = await notDone(drained("webserver-1"));
      assert.match(message, /^webserver-1 was not drained, as nobody else would serve:\n/);
      assert.ok(message.includes(`: webserver-2: ${says}`), message);
      assert.match(message, /\nPut that right first, or use --force\.$/);
      assert.deepEqual([hosts.done, hosts.of("webserver-1").announced], [[], false]);
      assert.equal((await drained("webserver-1", true)).status, 0);
      assert.match(hosts.said.at(-1) ?? "", /^webserver-1 is drained all the same; nobody else serves:\n/);
    });

  it("takes one of three while another is away", async () => {
    hosts.of("gateway-2").silent = "connection: refused";
    assert.equal((await drained("gateway-1")).status, 0);
    assert.match(await notDone(drained("gateway-3")), /gateway-1: is drained; gateway-2: connection: refused/);
  });

  it("asks whether another host could have its address, and not whether that serves something else", async () => {
    hosts.of("gateway-5").fails.set("prometheus", "does not answer");
    assert.equal((await drained("gateway-4")).status, 0);
  });

  it("leaves a host to whoever is about to drain it", async () => {
    hosts.of("gateway-1").announced = true;
    assert.match(await notDone(drained("gateway-1")), /^gateway-1 is about to be drained by somebody else; /);
    assert.equal(hosts.of("gateway-1").announced, true);
  });

  it("drains no two last hosts for two who ask at once", async () => {
    const ended = await Promise.allSettled([drained("webserver-1"), drained("webserver-2")]);
    assert.ok(hosts.drained.length <= 1, hosts.drained.join());
    assert.ok(ended.some(({ status }) => status === "rejected"));
  });

  it("says what the host itself has said against it", async () => {
    hosts.of("gateway-1").refuses = "an `up` is changing gateway there; nothing was changed. Wait for its end";
    assert.equal(await notDone(drained("gateway-1")), `gateway-1: ${hosts.of("gateway-1").refuses}`);
  });

  it("refuses a host without traffic, and a name that nobody has", async () => {
    assert.match(await notDone(drained("supervisor-1")), /^supervisor-1 has neither virtual IPs nor clients /);
    assert.equal(
      await notDone(drained("gatway-1")),
      'gatway-1: no such host that the stack configures (did you mean "gateway-1"?)',
    );
  });
});

describe("gatebox undrain", () => {
  let hosts: ToldHosts;
  beforeEach(() => {
    hosts = new ToldHosts();
    hosts.of("gateway-1").drained = true;
  });
  const undrained = (host: string, force = false, wait = 120) => undrain(hosts.work, { host, force, wait });

  it("gives a host traffic again", async () => {
    assert.equal((await undrained("gateway-1")).text, "gateway-1 is drained no longer: it takes traffic again");
    assert.equal((await undrained("gateway-1")).text, "gateway-1 was not drained");
    assert.deepEqual(hosts.drained, []);
  });

  it("waits until all its programs are well", async () => {
    const fails = hosts.of("gateway-1").fails.set("node-exporter", "it does not answer");
    const { pause } = hosts.work;
    const waiting = undrain(
      { ...hosts.work, pause: (ms) => (fails.clear(), pause(ms)) },
      { host: "gateway-1", force: false, wait: 60 },
    );
    await waiting;
    assert.deepEqual(hosts.said, ["gateway-1: waiting, 60 s at most: node-exporter: it does not answer"]);
    assert.equal(hosts.seconds, 2);
  });

  it("leaves it drained where they are not, and gives it traffic all the same where that is forced", async () => {
    hosts.of("gateway-1").fails.set("gateway", "HAProxy does not listen on 192.168.2.11:30160");
    assert.equal(
      await notDone(undrained("gateway-1")),
      "gateway-1 stays as it is: after 120 s it is not well:\n  gateway: HAProxy does not listen on 192.168.2.11:30160\nPut that right, or use --force.",
    );
    assert.deepEqual([hosts.drained, hosts.done], [["gateway-1"], []]);
    assert.equal((await undrained("gateway-1", true)).status, 0);
    assert.deepEqual(hosts.drained, []);
  });

  it("waits for routes that lead somewhere for its peers, and for no others", async () => {
    hosts.of("gateway-1").routes.set("wiki-30170", "down").set("argocd-30160", "down");
    hosts.of("gateway-2").routes.set("wiki-30170", "down").set("argocd-30160", "up");
    const message = await notDone(undrained("gateway-1", false, 4));
    assert.match(message, /\n {2}argocd-30160 is down for it, and up for another\n/);
    assert.doesNotMatch(message, /wiki/);
    hosts.of("gateway-1").routes.set("argocd-30160", "up");
    assert.equal((await undrained("gateway-1")).status, 0);
  });
});

describe("gatebox reboot", () => {
  let hosts: ToldHosts;
  beforeEach(() => {
    hosts = new ToldHosts();
  });
  const options = { force: false, wait: 60, cut: false, boot: 600 };
  const rebooted = (names: readonly string[], more: Partial<typeof options> = {}) =>
    reboot(hosts.work, { names, ...options, ...more });
  const each = (...names: readonly string[]): string[] =>
    names.flatMap((name) => ["drain", "reboot", "undrain"].map((what) => `${name} ${what}`));

  it("takes one host of a pool after the other, those that hold virtual IPs last", async () => {
    for (const name of ["gateway-1", "gateway-2", "gateway-3"])
      for (const vip of hosts.of(name).states.keys())
        hosts.of(name).states.set(vip, name === "gateway-2" ? "MASTER" : "BACKUP");
    const { status, text } = await rebooted(["kube-gateway-pool"]);
    assert.deepEqual([status, text], [0, "rebooted: gateway-1, gateway-3, gateway-2"]);
    assert.deepEqual(hosts.done, each("gateway-1", "gateway-3", "gateway-2"));
    assert.deepEqual(hosts.drained, []);
  });

  it("takes each host once, whatever names it", async () => {
    await rebooted(["webserver-2", "webservers-pool"]);
    assert.equal(hosts.done.filter((one) => one.endsWith(" reboot")).length, 2);
  });

  it("ends with the first host that does not come back well, and says how all of them are", async () => {
    const second = hosts.of("gateway-2");
    second.onReboot = () => second.fails.set("gateway", "HAProxy is not running");
    const { status, text, data } = await rebooted(["gateway-1", "gateway-2", "gateway-3"]);
    assert.equal(status, 1);
    const order = hosts.done.filter((one) => one.endsWith(" drain")).map((one) => one.split(" ")[0]);
    assert.equal(order.at(-1), "gateway-2");
    const rest = ["gateway-1", "gateway-2", "gateway-3"].filter((name) => !order.includes(name));
    assert.match(
      text,
      /^gateway-2 was rebooted and is not well after 600 s: gateway: HAProxy is not running\. It is drained: /,
    );
    assert.ok(rest.length === 0 || text.includes(`\nNot touched: ${rest.join(", ")}\n`), text);
    assert.deepEqual((data as { rebooted: string[] }).rebooted, order.slice(0, -1));
    assert.deepEqual(hosts.drained, ["gateway-2"]);
  });

  it("waits until it has booted: the same boot is none", async () => {
    const first = hosts.of("webserver-1");
    first.onReboot = () => (first.boot -= 1);
    assert.match(
      (await rebooted(["webserver-1"])).text,
      /not well after 600 s: it has not rebooted yet\. It is drained/,
    );
  });

  it("waits until its peers find up what was up before", async () => {
    const first = hosts.of("gateway-1");
    const peer = hosts.of("gateway-2").routes.set("argocd-30160/gateway-1", "up").set("argocd-30160/node-9", "down");
    first.onReboot = () => peer.set("argocd-30160/gateway-1", "down");
    const { text } = await rebooted(["gateway-1"]);
    assert.match(text, /gateway-2 does not find argocd-30160\/gateway-1 up, which was/);
    assert.ok(!hosts.done.includes("gateway-1 undrain"));
  });

  it("cuts nobody off, unless that is asked for", async () => {
    hosts.of("webserver-1").connections = 500;
    const { status, text } = await rebooted(["webserver-1"], { wait: 5 });
    assert.equal(status, 1);
    assert.match(text, /^webserver-1 is drained and was not rebooted, as 495 connections would be cut off\. /);
    assert.deepEqual(hosts.done, ["webserver-1 drain"]);
    hosts.of("webserver-1").drained = false;
    assert.equal((await rebooted(["webserver-1"], { wait: 5, cut: true })).status, 0);
  });

  it("leaves a host drained that was so before", async () => {
    hosts.of("gateway-1").drained = true;
    await rebooted(["gateway-1"]);
    assert.deepEqual([hosts.drained, hosts.done.at(-1)], [["gateway-1"], "gateway-1 reboot"]);
  });

  it("reboots a host whose programs nobody else has only where that is forced", async () => {
    hosts = new ToldHosts({ dns: { pool: "supervisors-pool", networks: ["box-network"], domains: ["protobox"] } });
    const refused = await rebooted(["gateway-1", "supervisor-1"]);
    assert.equal(refused.status, 1);
    assert.match(
      refused.text,
      /^no host was rebooted, as nobody would serve meanwhile:\n(?: {2}\S+: on supervisor-1 alone\n)+--force/,
    );
    assert.deepEqual(hosts.done, []);
    assert.equal((await rebooted(["supervisor-1"], { force: true })).status, 0);
    assert.deepEqual(hosts.done, ["supervisor-1 reboot", "supervisor-1 undrain"]);
  });

  it("touches no host where one does not answer", async () => {
    hosts.of("gateway-3").silent = "connection: refused";
    const { text } = await rebooted(["kube-gateway-pool"]);
    assert.match(text, /^gateway-3 does not answer: connection: refused; no host was rebooted\n/);
    assert.deepEqual(hosts.done, []);
  });
});
