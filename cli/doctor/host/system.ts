import { bounded } from "../../../box/printable.ts";
import { fine, warning, wrong, type Finding } from "../finding.ts";
import type { Facts, RootFact, Space } from "./facts.ts";

/** Releases that Gatebox is made for; of each distribution the first is the oldest. */
const releases: ReadonlyMap<string, readonly string[]> = new Map([
  ["debian", ["12", "13"]],
  ["ubuntu", ["22.04", "24.04"]],
]);
const supported = "supported are Debian 12 and 13, Ubuntu 22.04 and 24.04";

/** Kilobytes: a transaction stages two generations of an assembly, some hundred kilobytes, and logs beside them. */
const LEAST_TO_STAGE = 64 * 1024;
/** Kilobytes: the packages of a gateway, their downloads and the lists of apt. */
const LEAST_TO_INSTALL = 512 * 1024;
const LEAST_INODES = 2000;

/** Whether the user of the connection can become root, as `up` does. */
export function rootFinding({ by, said }: RootFact, user: string): Finding {
  switch (by) {
    case "itself":
      return fine("root", "root");
    case "sudo":
      return fine("root", "sudo");
    case "missing":
      return wrong("root", `${user} is not root, and the host has no sudo`, "as root there: apt-get install sudo");
    case "refused": {
      const line = `"${user} ALL=(ALL:ALL) NOPASSWD: ALL"`;
      const hint = `as root there, by "visudo -f /etc/sudoers.d/gatebox", the line ${line}`;
      return wrong("root", `sudo -n is refused to ${user}: ${bounded(said)}`, hint);
    }
  }
}

/** Whether it is a distribution whose packages and paths are known. */
export function distributionFinding({ os }: Facts): Finding {
  const id = os.get("ID") ?? "";
  const version = os.get("VERSION_ID") ?? "";
  const name = bounded(os.get("PRETTY_NAME") ?? `${id} ${version}`.trim());
  const known = releases.get(id);
  const [oldest = ""] = known ?? [];
  if (known === undefined) return wrong("distribution", `${name || "it says none"}: is not supported`, supported);
  if (known.includes(version)) return fine("distribution", name);
  if (version !== "" && Number(version) < Number(oldest))
    return wrong("distribution", `${name}: is too old`, supported);
  return warning("distribution", `${name}: has not been tried`, supported);
}

/** Whether systemd runs the host. */
export function initFinding({ init = "", systemd }: Facts): Finding {
  if (init === "systemd" && systemd) return fine("init", "systemd");
  const message = `process 1 is ${bounded(init) || "unknown"}, and not systemd`;
  return wrong("init", message, "every program is a systemd unit: boot the host with systemd");
}

/** Whether the kernel has nftables; nothing where that cannot be told without loading it, or without being root. */
export function nftablesFinding({ nftables, root }: Facts): readonly Finding[] {
  const isRoot = root?.by === "itself" || root?.by === "sudo";
  switch (nftables?.state) {
    case undefined:
      return [];
    case "works":
    case "loadable":
      return [fine("nftables", "nftables")];
    case "fails":
      return isRoot
        ? [wrong("nftables", `does not answer: ${bounded(nftables.said)}`, "look on the host: nft list tables")]
        : [];
    case "missing":
      return [
        wrong(
          "nftables",
          `the kernel ${bounded(nftables.said)} has none`,
          "boot the distribution's own kernel: apt-get install linux-image-generic (Ubuntu), linux-image-amd64 (Debian)",
        ),
      ];
  }
}

/** Programs that every Debian and Ubuntu has. */
export function programFindings({ without }: Facts): readonly Finding[] {
  return without.map((program) =>
    wrong(
      "programs",
      `${bounded(program)} is missing`,
      program === "ip" ? "apt-get install iproute2" : "Gatebox installs packages with apt: see that it is there",
    ),
  );
}

/** Whether transactions and packages find room. */
export function spaceFindings({ space, inodes }: Facts): readonly Finding[] {
  const problems = [...space.flatMap(roomFinding), ...inodes.flatMap(inodeFinding)];
  const least = Math.min(...space.map(({ free }) => free));
  if (problems.length > 0 || space.length === 0) return problems;
  return [fine("disk", `${(least / 1024 / 1024).toFixed(1)} GB free`)];
}

function roomFinding({ place, free }: Space): readonly Finding[] {
  const where = bounded(place);
  const megabytes = Math.floor(free / 1024);
  const hint = `make room: look with "df -h ${where}" and "du -xh --max-depth=2 / | sort -h | tail", or apt-get clean`;
  if (free < LEAST_TO_STAGE && place !== "/usr")
    return [
      wrong("disk", `${megabytes} MB are free at ${where}, and a transaction needs ${LEAST_TO_STAGE / 1024}`, hint),
    ];
  if (free < LEAST_TO_INSTALL && place !== "/etc")
    return [
      warning("disk", `${megabytes} MB are free at ${where}, and packages want ${LEAST_TO_INSTALL / 1024}`, hint),
    ];
  return [];
}

function inodeFinding({ place, free }: Space): readonly Finding[] {
  if (free >= LEAST_INODES || place === "/usr") return [];
  const message = `${free} inodes are free at ${bounded(place)}, and a transaction needs ${LEAST_INODES}`;
  return [wrong("disk", message, `remove files: look with "df -i ${bounded(place)}"`)];
}
