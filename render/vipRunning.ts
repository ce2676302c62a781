/** Pieces of shell that tell what keepalived runs, and what the settings were before it did. */
import { formerSettings } from "./sysctlBackup.ts";
import { vipKept, vipNotes } from "./keepalived.ts";

/** What the settings were before this host had virtual IPs. */
export const vipFormer = "/var/lib/gatebox/vip/former";

export const vipSettings = formerSettings(vipFormer, ["sysctl/vip.conf"]);

/** What keepalived says that it runs, against what the tree declares. */
export const running = `# Prints "NAME ROUTER PRIORITY INTERFACE" of each virtual IP that the tree $1 declares.
declared() {
  cat "$1"/keepalived/vips/*.conf | awk '
    $1 == "vrrp_instance" { name = $2 }
    $1 == "interface" { interface = $2 }
    $1 == "virtual_router_id" { router = $2 }
    $1 == "priority" { print name, router, $2, interface }
  ' | sort
}

# What keepalived runs, a KEY:VALUE in a line; it writes it to a file when it is asked to.
dumped() {
  rm -f ${vipNotes}/keepalived.json
  read -r parent 2>/dev/null <${vipNotes}/keepalived.pid || return 1
  kill -s "$(keepalived --signum=JSON)" "$parent" 2>/dev/null || return 1
  tries=0
  until grep -q '\\]$' ${vipNotes}/keepalived.json 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 40 ] || return 1
    sleep 0.05
  done
  sed 's/[" ]//g; s/[,{}]/\\n/g' ${vipNotes}/keepalived.json
}

# The same as declared of what it runs.
running() {
  words=$(dumped) || return 1
  printf '%s\\n' "$words" | awk -F: '
    $1 == "iname" { name = $2 }
    $1 == "ifp_ifname" { interface = $2 }
    $1 == "vrid" { router = $2 }
    $1 == "base_priority" { priority[name] = $2 }
    $1 == "effective_priority" { print name, router, priority[name], interface }
  ' | sort
}

# A name for the text that keepalived reads, and that of the script which it starts anew with it.
sum_of() {
  (cd "$1/keepalived" && cat keepalived.conf vips/*.conf vips/*.address ../scripts/events ${vipKept}/*.peers 2>/dev/null | sha256sum)
}
`;
