/** Pieces of shell about the kernel's settings: what they are to be, and what they were before somebody set them. */

/** Pieces of shell for `lifecycle/activate` and `lifecycle/deactivate`; see {@link formerSettings}. */
export interface FormerSettings {
  /** `settings TREE` and `file_of KEY`. */
  readonly settings: string;
  /** `note_former`: needs `settings`, $notes, $CURRENT and $PREVIOUS. Call it before the settings are loaded. */
  readonly noteFormer: string;
  /** `give_back TREE`: needs `settings`. TREE is empty where nothing is to be declared any more. */
  readonly giveBack: string;
}

/**
 * @param former the file with what the settings were before this host became what it is, a `KEY VALUE` a line. It outlasts a
 * boot: the day that they are given back may be years away.
 * @param declaring files of the tree that declare settings, for sysctl(8). A dash in front of a key: it may fail.
 * @example formerSettings("/var/lib/gatebox/vip/former", ["sysctl/vip.conf"])
 */
export function formerSettings(former: string, declaring: readonly string[]): FormerSettings {
  return {
    settings: `# Prints "KEY = VALUE" of each setting that a tree declares, with a dash in front where it may fail.
settings() { # TREE
  cat ${declaring.map((file) => `"$1/${file}"`).join(" ")} 2>/dev/null
}

# The file of a setting, whose key is written with dots or with slashes.
file_of() { # KEY
  case $1 in */*) echo "/proc/sys/$1" ;; *) echo "/proc/sys/$(echo "$1" | tr . /)" ;; esac
}
`,
    // What the tree before had set already is no former value.
    noteFormer: `# Notes what each setting is before this tree sets it.
note_former() {
  mkdir -p ${former.slice(0, former.lastIndexOf("/"))}
  touch ${former}
  : >"$notes/had"
  if [ -n "$PREVIOUS" ]; then settings "$PREVIOUS" | sed 's/^-//; s/ .*//' >"$notes/had"; fi
  settings "$CURRENT" | sed 's/^-//' | while read -r key _; do
    if grep -qF "$key " ${former} || grep -qxF "$key" "$notes/had"; then continue; fi
    ! value=$(cat "$(file_of "$key")" 2>/dev/null) || echo "$key $value" >>${former}
  done
  rm -f "$notes/had"
}
`,
    // In the order of the file: with forwarding the kernel changes other settings.
    giveBack: `# Gives the settings their former values, but for those that TREE declares.
give_back() { # TREE or ''
  [ -f ${former} ] || return 0
  : >${former}.new
  while read -r key value; do
    if [ -n "$1" ] && settings "$1" | sed 's/^-//' | grep -qF "$key ="; then
      echo "$key $value" >>${former}.new
    else
      { echo "$value" >"$(file_of "$key")"; } 2>/dev/null || true
    fi
  done <${former}
  mv -f ${former}.new ${former}
}
`,
  };
}
