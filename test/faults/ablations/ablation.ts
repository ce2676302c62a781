/** What it is to remove the mechanism that keeps users from noticing a fault, and how that is done on the lab's hosts. */
import type { Fault } from "../fault.ts";

export interface Removal {
  /** Name of the fault that users must notice then. */
  readonly fault: string;
  /** What is removed, in words that follow "without". */
  readonly mechanism: string;
  /** Beginning of the finding whose bound must break, or of what breaking it says when that fails. */
  readonly breaks: string;
  /** Scripts, by the hosts that they run on, before the fault; `restore` in the end. */
  readonly hosts: readonly string[];
  readonly remove: string;
  readonly restore: string;
  /** The fault otherwise: for what can be removed only while it happens. */
  readonly change?: (fault: Fault) => Fault;
}

type Scripts = Pick<Removal, "remove" | "restore">;

/**
 * Edits files of an assembly's live tree with sed(1), until they are put back. What an interrupted run has kept is the good
 * text, and stays so.
 *
 * @param files pattern of files inside the tree
 * @param then what makes the programs read them again
 */
export function edited(assembly: "gateway" | "vip" | "webserver", files: string, sed: string, then: string): Scripts {
  const tree = `cd "$(readlink -f /etc/gatebox/${assembly})"`;
  return {
    remove: `set -e; ${tree}; set -- ${files}; changed=''
for file; do
  [ -e "$file.kept" ] || { cp -a "$file" "$file.copy"; mv "$file.copy" "$file.kept"; }
  sed -i '${sed}' "$file"; cmp -s "$file" "$file.kept" || changed=1
done
[ -n "$changed" ] || { echo 'nothing was changed' >&2; exit 1; }
${then}`,
    restore: `${tree} || exit; set -- ${files}; for file; do [ ! -e "$file.kept" ] || mv -f "$file.kept" "$file"; done; ${then}`,
  };
}

/** Gives a unit of systemd a drop-in, until that is taken away. `then` follows both. */
export function dropIn(unit: string, lines: readonly string[], then = "true"): Scripts {
  const directory = `/run/systemd/system/${unit}.service.d`;
  const text = ["[Service]", ...lines].join("\\n");
  return {
    remove: `set -e; mkdir -p ${directory}; printf '${text}\\n' >${directory}/zz-removed.conf; systemctl daemon-reload; ${then}`,
    restore: `rm -f ${directory}/zz-removed.conf; systemctl daemon-reload; ${then}`,
  };
}

/** Stops a service, until it is started again. */
export function stopped(unit: string): Scripts {
  return { remove: `systemctl stop ${unit}`, restore: `systemctl start ${unit}` };
}

/**
 * Adds a table of nft(8) in the host's network, until it is deleted; deleting one that is not there is no error.
 *
 * @param table family and name
 * @param chains what is in it
 */
export function tableAdded(table: string, chains: string): Scripts {
  return {
    remove: `nft -f - <<'END'\ntable ${table} {\n${chains}\n}\nEND`,
    restore: withoutTable(table),
  };
}

/** Deletes a table of nft(8), if there is one. */
export function withoutTable(table: string): string {
  return `nft -f - <<'END'\ntable ${table} {}\ndelete table ${table}\nEND`;
}

/** One after the other; taken back in the same order. */
export function all(...scripts: readonly Scripts[]): Scripts {
  return {
    remove: scripts.map(({ remove }) => `(${remove}\n)`).join(" && "),
    restore: scripts.map(({ restore }) => `(${restore}\n)`).join("; "),
  };
}
