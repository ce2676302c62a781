/** Pieces of shell about the kernel's settings on a NAT gateway: what they are to be, and what they were before. */

/**
 * What the settings were before this host became a NAT gateway, a `KEY VALUE` a line. It outlasts a boot: the day that the
 * gateway goes may be years away.
 */
export const natFormer = "/var/lib/gatebox/nat/former";

/** `settings TREE` and `file_of KEY`. */
export const settings = `# Prints "KEY = VALUE" of each setting that a tree declares, with a dash in front where it may fail.
settings() { # TREE
  cat "$1/sysctl/forwarding.conf" "$1/sysctl/nat.conf" 2>/dev/null
}

# The file of a setting, whose key is written with dots or with slashes.
file_of() { # KEY
  case $1 in */*) echo "/proc/sys/$1" ;; *) echo "/proc/sys/$(echo "$1" | tr . /)" ;; esac
}
`;

/** `note_former`, needs `settings`, $notes, $CURRENT and $PREVIOUS. What the tree before had set already is no former value. */
export const noteFormer = `# Notes what each setting is before this tree sets it.
note_former() {
  mkdir -p ${natFormer.slice(0, natFormer.lastIndexOf("/"))}
  touch ${natFormer}
  : >"$notes/had"
  if [ -n "$PREVIOUS" ]; then settings "$PREVIOUS" | sed 's/^-//; s/ .*//' >"$notes/had"; fi
  settings "$CURRENT" | sed 's/^-//' | while read -r key _; do
    if grep -qF "$key " ${natFormer} || grep -qxF "$key" "$notes/had"; then continue; fi
    ! value=$(cat "$(file_of "$key")" 2>/dev/null) || echo "$key $value" >>${natFormer}
  done
  rm -f "$notes/had"
}
`;

/** `give_back TREE`, needs `settings`. In the order of the file: with forwarding the kernel changes other settings. */
export const giveBack = `# Gives the settings their former values, but for those that TREE declares.
give_back() { # TREE or ''
  [ -f ${natFormer} ] || return 0
  : >${natFormer}.new
  while read -r key value; do
    if [ -n "$1" ] && settings "$1" | sed 's/^-//' | grep -qF "$key ="; then
      echo "$key $value" >>${natFormer}.new
    else
      { echo "$value" >"$(file_of "$key")"; } 2>/dev/null || true
    fi
  done <${natFormer}
  mv -f ${natFormer}.new ${natFormer}
}
`;
