import assert from "node:assert/strict";
import fc from "fast-check";
import { hostKeyFor, keyOfType, knownHostsFor } from "../box/hostKey.ts";
import { parseProtobox, violationsOf } from "../box/parsing.ts";

const usable = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];
const useless = [
  ...["ssh-rsa", "ssh-dss", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"],
  ...["ssh-rsa", "ssh-dss", ...usable].map((type) => `${type}-cert-v01@openssh.com`),
];
const host = "gateway-1";
const address = "192.168.1.11";
const bastion = "supervisor-1";

/** Lines about one host, in any order, under its name or its address, before or behind those of the others. */
const lines = (types: readonly string[]): fc.Arbitrary<{ type: string; text: string }> =>
  fc
    .record({ type: fc.constantFrom(...types), name: fc.constantFrom(host, address), seed: fc.nat(3) })
    .map(({ type, name, seed }) => ({ type, text: `${name} ${keyOfType(type, String(seed))}` }));

const parsed = (file: readonly string[]) => {
  const names = ["webserver-1", "webserver-2", "gateway-2", "gateway-3", "gateway-4", "gateway-5", bastion];
  return () =>
    parseProtobox({}, { knownHosts: null, files: { known_hosts: `${knownHostsFor(names)}${file.join("\n")}\n` } });
};

describe("attacks: host keys that the plugin cannot use", () => {
  it("are passed over in a known_hosts file that has another for the host, and refused in one that has none", () => {
    let chosen = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(lines([...usable, ...useless]), { minLength: 1, maxLength: 6 }), (about) => {
        const file = about.map(({ text }) => text);
        if (about.some(({ type }) => usable.includes(type))) {
          chosen++;
          const key = parsed(file)().hosts[host]?.connection?.hostKey ?? "";
          assert.ok(usable.includes(key.split(" ")[0] ?? ""), key);
          assert.ok(file.some((line) => line.endsWith(key)));
        } else {
          refused++;
          const [violation = "", ...more] = violationsOf(parsed(file));
          assert.deepEqual(more, []);
          assert.match(violation, /^connection\.knownHosts: line \d+ .*has no key of gateway-1 that can be used: /);
          assert.match(
            violation,
            /; write an Ed25519 or ECDSA key, such as the line of \/etc\/ssh\/ssh_host_ed25519_key/,
          );
        }
      }),
      { numRuns: 150 },
    );
    console.log(`      ${chosen} files with a key that can be used, ${refused} without, 0 chosen wrongly`);
  });

  it("are refused beside a host and beside a bastion, whatever their type", () => {
    fc.assert(
      fc.property(fc.constantFrom(...useless), fc.nat(), fc.constantFrom(host, bastion), (type, seed, where) => {
        const key = `${keyOfType(type, String(seed))} root@${where}`;
        const [violation = "", ...more] = violationsOf(() => parseProtobox({ [`hosts.${where}.hostKey`]: key }));
        assert.deepEqual(more, []);
        assert.ok(violation.startsWith(`hosts.${where}.hostKey: `), violation);
        assert.ok(violation.includes(`a host key of type ${type} cannot be used: `), violation);
      }),
      { numRuns: 60 },
    );
  });

  it("are refused no more than others are accepted: each usable type passes beside a host", () => {
    for (const type of usable.slice(1)) {
      const key = keyOfType(type, "one");
      assert.equal(parseProtobox({ [`hosts.${host}.hostKey`]: key }).hosts[host]?.connection?.hostKey, key);
    }
    const ed25519 = hostKeyFor("one");
    assert.equal(parseProtobox({ [`hosts.${host}.hostKey`]: ed25519 }).hosts[host]?.connection?.hostKey, ed25519);
  });
});
