import assert from "node:assert/strict";
import { exec, execChecked } from "../../lab/hosts/exec.ts";
import { hostNamed, networksOf } from "../../lab/inventory.ts";
import { setLinks } from "../faults/breaking.ts";
import {
  HOSTS,
  gateway,
  lab,
  DEFAULT_ROUTE,
  defaultRoute,
  addressOf,
  addressesOf,
  NETWORKD_SECONDS,
  hasAddress,
  settlesAt,
  within,
} from "./labs.ts";

/** The tests of the addresses of a lab's hosts, which want the lab up. */
export function describeAddresses(): void {
  describe("their addresses", () => {
    const file = (network: string): string => `/etc/systemd/network/70-installer-${network}.network`;

    it("are given by each host's own networkd, from what its installer left", async () => {
      for (const name of HOSTS) {
        for (const network of networksOf(hostNamed(name))) {
          const status = async (key: string): Promise<string> => {
            const { stdout } = await exec(lab, name, `networkctl status --no-pager ${network}`);
            return new RegExp(` ${key}: (.*)$`, "m").exec(stdout)?.[1] ?? "";
          };
          assert.equal(await status("Network File"), file(network), name);
          // The address is there before networkd is done with the link.
          await settlesAt(() => status("State"), "routable (configured)");
          assert.deepEqual(await addressesOf(name, network), [addressOf(name, network)], name);
        }
      }
    });

    it("are other ones when that file says so: nobody else gives any", async () => {
      const other = "192.168.2.77/24";
      const change = `sed -i s,^Address=.*,Address=${other}, ${file("gateway-network")}; networkctl reload`;
      try {
        await execChecked(lab, gateway.name, "give it another address", change);
        assert.ok(await hasAddress(gateway.name, "gateway-network", other));
        assert.deepEqual(await addressesOf(gateway.name, "gateway-network"), [other]);
      } finally {
        const back = change.replace(`Address=${other}`, `Address=${addressOf(gateway.name, "gateway-network")}`);
        await execChecked(lab, gateway.name, "give it its own address back", back);
      }
      assert.ok(await hasAddress(gateway.name, "gateway-network"));
    });

    it("are back, with the default route, when the cables are plugged in again", async () => {
      await setLinks(lab, gateway.name, "down");
      try {
        const gone = async (): Promise<boolean> => (await addressesOf(gateway.name, "box-network")).length === 0;
        assert.ok(await within(NETWORKD_SECONDS, gone), "networkd has not noticed that the cable was pulled");
      } finally {
        await setLinks(lab, gateway.name, "up");
      }
      for (const network of networksOf(gateway)) {
        assert.ok(await hasAddress(gateway.name, network), network);
      }
      assert.ok(await within(NETWORKD_SECONDS, async () => (await defaultRoute(gateway.name)) === DEFAULT_ROUTE));
    });

    it("stay, as do the rules and routes of others, when networkd starts again or configures anew", async () => {
      const state = async (): Promise<string> =>
        (await exec(lab, gateway.name, "ip -4 rule show; ip -4 route show table all")).stdout;
      await execChecked(lab, gateway.name, "a route of another program", "ip route add 10.99.0.0/24 via 192.168.1.99");
      const before = await state();
      assert.match(before, /^32002:\tnot from all to 192\.168\.0\.0\/16 lookup 100/m);
      assert.match(before, /^10\.99\.0\.0\/24 via 192\.168\.1\.99 dev box-network/m);
      await execChecked(lab, gateway.name, "restart networkd", "systemctl restart systemd-networkd");
      const waitOnline = "/lib/systemd/systemd-networkd-wait-online --timeout=60";
      await execChecked(lab, gateway.name, "wait for it", waitOnline);
      await settlesAt(state, before);
      await execChecked(lab, gateway.name, "remove the route", "ip route del 10.99.0.0/24");
      const rules = async (): Promise<string> => (await exec(lab, gateway.name, "ip -4 rule show")).stdout;
      const rulesBefore = await rules();
      // It is done some time after the command has ended; the journal tells when it began.
      const journal = "journalctl --unit=systemd-networkd --output=cat --no-pager";
      const times = async (): Promise<number> =>
        (await exec(lab, gateway.name, journal)).stdout.split("box-network: Configuring with").length - 1;
      const timesBefore = await times();
      await execChecked(lab, gateway.name, "configure anew", "networkctl reconfigure box-network");
      const hasBegun = async (): Promise<boolean> => (await times()) > timesBefore;
      assert.ok(await within(NETWORKD_SECONDS, hasBegun), "networkd does not configure anything anew");
      await execChecked(lab, gateway.name, "wait for it", waitOnline);
      assert.ok(await hasAddress(gateway.name, "box-network"));
      await settlesAt(rules, rulesBefore);
    });
  });
}
