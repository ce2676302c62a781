import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Box, Host } from "../../box/index.ts";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { exec } from "../../lab/hosts/exec.ts";
import { startHost, stopHost } from "../../lab/hosts/machine.ts";
import { hostNamed, networksOf, type NetworkName } from "../../lab/inventory.ts";
import { ip } from "../../lab/network/namespaces.ts";
import { namespaceOf, type Lab } from "../../lab/state.ts";
import { askedAtOnce } from "./atOnce.ts";
import {
  addressOn,
  closedOf,
  labBox,
  listeningOn,
  mayBeOpen,
  sshIsOpen,
  sweep,
  sweeper,
  withSweeper,
} from "./tcpSweep.ts";
import { CONFIGURED, connects, onHost, world } from "./world.ts";

/** A host's networks and its own address on each. */
function places(host: string): readonly { network: NetworkName; address: string }[] {
  const { addresses, ...rest } = hostNamed(host);
  return networksOf({ addresses, ...rest }).map((network) => ({ network, address: addresses[network] ?? "" }));
}

function described(box: Box, name: string): Host {
  const host = box.hosts[name];
  assert.ok(host, `the box has no host ${name}`);
  return host;
}

/** Every TCP port that is open on a host, by the network that it is asked on. */
async function openByNetwork(host: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const { lab } = await world();
  const found = places(host).map(
    async ({ network, address }) => [network, await sweep(lab, addressOn(network), address)] as const,
  );
  return Object.fromEntries(await Promise.all(found));
}

/** Hosts that are swept at once: a sweep mostly waits for what never answers. */
const SWEPT_AT_ONCE = 4;

describe("a sweep of all TCP ports", () => {
  withSweeper();
  const found = askedAtOnce(CONFIGURED, openByNetwork, SWEPT_AT_ONCE);

  for (const name of CONFIGURED) {
    it(`of ${name} finds, on each of its networks, what is declared and nothing else`, async () => {
      const { lab } = await world();
      const box = await labBox(lab);
      const byNetwork = await found(name);
      for (const { network, address } of places(name)) {
        const may = mayBeOpen(box, described(box, name), network);
        const open = byNetwork[network] ?? [];
        assert.deepEqual(
          open.filter((port) => !may(port)),
          [],
          `${name} on ${network}: open, but not declared`,
        );
        // What listens and is declared answers; a machine under load may have missed it once.
        const missed = (await listeningOn(lab, name, address)).filter((port) => may(port) && !open.includes(port));
        if (missed.length === 0) continue;
        assert.deepEqual(await closedOf(lab, address, missed), [], `${name} on ${network}: declared, but not open`);
      }
    });
  }
});

/** Restarts a host in order and waits until it lets the operator in. */
async function reboot(lab: Lab, host: string): Promise<void> {
  await stopHost(lab, hostNamed(host));
  await startHost(lab, hostNamed(host));
  await waitForSsh(lab, hostNamed(host));
}

/** Ways to spoil what a boot needs, and to give it back; each on a host whose pool goes on without it. */
const spoilt = [
  {
    what: "with a rule file that is damaged",
    host: "gateway-2",
    spoil:
      "cp -a /etc/gatebox/firewall/nft/firewall.nft /root/firewall.nft && echo damaged >/etc/gatebox/firewall/nft/firewall.nft",
    repair: "mv /root/firewall.nft /etc/gatebox/firewall/nft/firewall.nft",
    stopped: ["haproxy", "keepalived"],
    serving: ["haproxy", "keepalived"],
  },
  {
    what: "without /var/lib/gatebox",
    host: "webserver-2",
    spoil: "mv /var/lib/gatebox /var/lib/gatebox.aside",
    repair: "rm -rf /var/lib/gatebox && mv /var/lib/gatebox.aside /var/lib/gatebox",
    stopped: ["nginx", "keepalived"],
    serving: ["nginx", "keepalived"],
  },
] as const;

/** Has the host boot without what it needs. */
async function spoilBoot({ host, spoil }: (typeof spoilt)[number]): Promise<void> {
  const { lab } = await world();
  await onHost(lab, host, `${spoil} && sync`);
  await reboot(lab, host);
}

/** Gives the host back what it needs, and waits until it serves. */
async function repairBoot({ host, repair, serving }: (typeof spoilt)[number]): Promise<void> {
  const { lab } = await world();
  await onHost(lab, host, repair);
  await reboot(lab, host);
  // A boot's last services come some seconds after sshd.
  const deadline = Date.now() + 60_000;
  const script = `systemctl is-active --quiet gatebox-firewall ${serving.join(" ")}`;
  while ((await exec(lab, host, script, { timeoutSeconds: 10 })).code !== 0) {
    if (Date.now() > deadline) throw new Error(`${host} does not serve again after the repair`);
    await sleep(500);
  }
}

/** A host that has one more interface, and the ends of its cable. */
const later = { host: "supervisor-1", own: "10.77.0.1", asked: "10.77.0.2" } as const;

async function plugInLater(): Promise<void> {
  const { lab } = await world();
  const own = namespaceOf(lab, later.host);
  await ip(undefined, [`link add name later netns ${own} type veth peer name later netns ${sweeper(lab)}`]);
  await ip(own, [`address add ${later.own}/30 dev later`, "link set later up"]);
  await ip(sweeper(lab), [`address add ${later.asked}/30 dev later`, "link set later up"]);
}

// All of them at once: they are different hosts, and a sweep of a host that is closed is one long silence.
describe("hosts that are closed but for the operator", () => {
  // The cable goes before the machine at its other end does.
  after(async () => ip(namespaceOf((await world()).lab, later.host), ["link delete later"]));
  withSweeper();
  before(async () => {
    await Promise.all([plugInLater(), ...spoilt.map(spoilBoot)]);
  });
  after(async () => {
    await Promise.all(spoilt.map(repairBoot));
  });
  const hosts = spoilt.map(({ host }) => host);
  const open = askedAtOnce([...hosts, later.host], async (host) =>
    host === later.host ? { later: await sweep((await world()).lab, later.asked, later.own) } : openByNetwork(host),
  );

  for (const { what, host, stopped } of spoilt) {
    describe(`a host that boots ${what} is closed but for the operator`, () => {
      it("its firewall has failed, and the fallback stands", async () => {
        const { lab } = await world();
        const tables = await onHost(lab, host, "nft list tables | grep -E 'gatebox_(closed|firewall)'");
        assert.equal(tables, "table inet gatebox_closed");
        const failed = await exec(lab, host, "systemctl is-active --quiet gatebox-firewall", { timeoutSeconds: 10 });
        assert.notEqual(failed.code, 0);
      });

      it("programs that require the rules have not started", async () => {
        const { lab } = await world();
        for (const unit of stopped) {
          const answer = await exec(lab, host, `systemctl is-active --quiet ${unit}`, { timeoutSeconds: 10 });
          assert.notEqual(answer.code, 0, unit);
        }
      });

      it("a sweep of all TCP ports finds sshd on the operator's network and nothing else", async () => {
        const { lab } = await world();
        const box = await labBox(lab);
        const wanted = places(host).map(({ network }) => [
          network,
          sshIsOpen(box, described(box, host), network) ? [22] : [],
        ]);
        assert.deepEqual(await open(host), Object.fromEntries(wanted));
      });
    });
  }

  describe("an interface that appears later", () => {
    it("carries packets, so that silence proves something: the host hears that nobody listens", async () => {
      const { lab } = await world();
      const ask = `timeout 5 bash -c 'exec 3<>/dev/tcp/${later.asked}/9' 2>&1 || true`;
      assert.match(await onHost(lab, later.host, ask), /Connection refused/);
      assert.equal(await connects(lab, "gateway-4", "192.168.1.7", 22), true);
    });

    it("has no open TCP port, not even sshd's", async () => {
      assert.deepEqual(await open(later.host), { later: [] });
    });
  });
});
