import { spawnSync } from "node:child_process";

/** The real checkers that rendered files go through, and what the tests break things with; Debian's package names. */
const packages = [
  "haproxy",
  "nginx",
  "libnginx-mod-http-headers-more-filter",
  "nftables",
  "shellcheck",
  "socat",
  "curl",
  "openssl",
  "openssh-server",
  "openssh-client",
  "iproute2",
  "iptables",
  "iputils-arping",
  "keepalived",
  "conntrackd",
  "containerd",
  "runc",
  "docker-registry",
  "prometheus",
  "prometheus-alertmanager",
  "prometheus-node-exporter",
  "apache2-utils",
  "dnsmasq-base",
  // A client of leases.
  "isc-dhcp-client",
  "netplan.io",
  "systemd",
  "dbus",
  // For cloud-init, which is fetched and not installed.
  "python3",
  "glusterfs-server",
  "glusterfs-client",
  "xfsprogs",
  "prometheus-nginx-exporter",
  // For the repository that packages come from.
  "gpg",
  "gpg-agent",
  "apt-utils",
  // Reads gitlab.rb, as GitLab's package does.
  "ruby",
];

function installed(name: string): boolean {
  const answer = spawnSync("dpkg-query", ["-W", "-f", "${db:Status-Status}", name], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return answer.stdout === "installed";
}

/**
 * Installs the programs that the tests need, without starting their services.
 *
 * @throws Error with apt's last words.
 */
export function ensureTestPrograms(): void {
  const missing = packages.filter((name) => !installed(name));
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(", ")}`);
  const apt = (...args: string[]): void => {
    const answer = spawnSync("apt-get", ["-qy", ...args], {
      encoding: "utf8",
      timeout: 600_000,
      // Policy of the package scripts: a checker is wanted here, not a running server.
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    });
    if (answer.status !== 0) throw new Error(`apt-get ${args.join(" ")} failed:\n${answer.stderr.slice(-2000)}`);
  };
  apt("update");
  apt("install", "--no-install-recommends", ...missing);
}
