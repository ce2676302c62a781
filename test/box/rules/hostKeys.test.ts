import { hostKeyFor, keyOfType, knownHostsFor } from "../hostKey.ts";
import { describeViolations } from "../violations.ts";

const others = ["webserver-1", "webserver-2", "gateway-2", "gateway-3", "gateway-4", "gateway-5", "supervisor-1"];

// A real Ed25519 key under the name of another type.
const mislabelled = hostKeyFor("gateway-1").replace("ssh-ed25519 ", "ecdsa-sha2-nistp256 ");

/** A long value as violations show it. */
const shown = (value: string): string => `"${value.slice(0, 79)}…`;

const rsa = keyOfType("ssh-rsa", "gateway-1");
const noRsa =
  "a host key of type ssh-rsa cannot be used: Pulumi's plugin asks a host with an RSA key for signatures with SHA-1, which sshd has not made since OpenSSH 8.8; " +
  "write an Ed25519 or ECDSA key, such as the line of /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)";

describeViolations("host keys", [
  {
    breaks: "missing keys",
    changes: {},
    knownHosts: knownHostsFor(["webserver-1", "webserver-2", "gateway-1", "gateway-2", "gateway-4", "gateway-5"]),
    says: [
      "hosts.gateway-3.hostKey: is missing, and the known_hosts file has no line for gateway-3 or 192.168.1.13: write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there",
      "hosts.supervisor-1.hostKey: is missing, and the known_hosts file has no line for supervisor-1 or 192.168.1.7: write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there",
    ],
  },
  {
    breaks: "a key under the usual port for a host with another",
    changes: { "hosts.gateway-1.connection": { port: 2222 } },
    says: [
      "hosts.gateway-1.hostKey: is missing, and the known_hosts file has no line for [gateway-1]:2222 or [192.168.1.11]:2222: write the key from /etc/ssh/ssh_host_ed25519_key.pub of the host here or there",
    ],
  },
  {
    breaks: "no file",
    changes: {},
    knownHosts: null,
    says: [
      'connection.knownHosts: "known_hosts" cannot be read, its path is relative to the project: write the file, or give each host its hostKey, or name another file in $GATEBOX_KNOWN_HOSTS',
    ],
  },
  {
    breaks: "a malformed key in the file",
    changes: {},
    files: {
      known_hosts: `# keys
${knownHostsFor(others)}gateway-1 ssh-ed25519 AAAA
`,
    },
    knownHosts: null,
    says: [
      "connection.knownHosts: line 9, the key of gateway-1, is not a public host key: it is cut off or has surplus bytes",
    ],
  },
  {
    breaks: "a malformed key in the configuration",
    changes: { "hosts.gateway-1.hostKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA" },
    says: [
      'hosts.gateway-1.hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA" is not a public host key: it is cut off or has surplus bytes; copy it from /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)',
    ],
  },
  {
    breaks: "a key of another type",
    changes: { "hosts.gateway-1.hostKey": mislabelled },
    says: [
      `hosts.gateway-1.hostKey: ${shown(mislabelled)} is not a public host key: it says ecdsa-sha2-nistp256 but holds a key of another type; copy it from /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)`,
    ],
  },
  {
    breaks: "an RSA key in the configuration",
    changes: { "hosts.gateway-1.hostKey": rsa },
    says: [`hosts.gateway-1.hostKey: ${shown(rsa)} is refused: ${noRsa}`],
  },
  {
    breaks: "RSA keys alone in the file",
    changes: {},
    files: { known_hosts: `${knownHostsFor(others)}gateway-1 ${rsa}\n192.168.1.11 ${rsa}\n` },
    knownHosts: null,
    says: [`connection.knownHosts: line 9 (and 1 more) has no key of gateway-1 that can be used: ${noRsa}`],
  },
  {
    breaks: "what is no key",
    changes: { "hosts.gateway-1.hostKey": "SHA256:uKdHZ3L5l6N8" },
    says: [
      'hosts.gateway-1.hostKey: "SHA256:uKdHZ3L5l6N8" is not a public host key: its type "SHA256:uKdHZ3L5l6N8" is none of ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521; copy it from /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)',
    ],
  },
  {
    breaks: "a key that is not Base64",
    changes: { "hosts.gateway-1.hostKey": "ssh-ed25519 key!" },
    says: [
      'hosts.gateway-1.hostKey: "ssh-ed25519 key!" is not a public host key: what follows the type is not Base64; copy it from /etc/ssh/ssh_host_ed25519_key.pub of the host (ssh-ed25519 AAAA…)',
    ],
  },
]);
