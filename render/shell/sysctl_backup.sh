# shellcheck shell=sh
# What settings of the kernel are to be, and what they were before somebody set them. Needs $sysctl_files, the files of a tree
# that declare settings (a dash in front of a key: it may fail), and $sysctl_backup, a file with a "KEY VALUE" a line. That
# file outlasts a boot: the day that the settings are given back may be years away.
: "${sysctl_files:?}" "${sysctl_backup:?}"

# Prints "KEY = VALUE" of each setting that a tree declares, with a dash in front where it may fail.
declared_settings() { # TREE
  for sysctl_file in $sysctl_files; do
    cat "$1/$sysctl_file" 2>/dev/null || true
  done
}

# The file of a setting, whose key is written with dots or with slashes.
file_of() { # KEY
  case $1 in */*) echo "/proc/sys/$1" ;; *) echo "/proc/sys/$(echo "$1" | tr . /)" ;; esac
}

# Notes what each setting of $CURRENT is before it is set. What $PREVIOUS had set already is no value to go back to.
back_up_settings() { # DIRECTORY for notes
  mkdir -p "${sysctl_backup%/*}"
  touch "$sysctl_backup"
  : >"$1/had"
  if [ -n "$PREVIOUS" ]; then declared_settings "$PREVIOUS" | sed 's/^-//; s/ .*//' >"$1/had"; fi
  declared_settings "$CURRENT" | sed 's/^-//' | while read -r key _; do
    if grep -qF "$key " "$sysctl_backup" || grep -qxF "$key" "$1/had"; then continue; fi
    ! value=$(cat "$(file_of "$key")" 2>/dev/null) || echo "$key $value" >>"$sysctl_backup"
  done
  rm -f "$1/had"
}

# Gives the settings the values of the backup, but for those that TREE declares. In the order of the file: with forwarding the
# kernel changes other settings.
restore_settings() { # TREE or ''
  [ -f "$sysctl_backup" ] || return 0
  : >"$sysctl_backup.new"
  while read -r key value; do
    if [ -n "$1" ] && declared_settings "$1" | sed 's/^-//' | grep -qF "$key ="; then
      echo "$key $value" >>"$sysctl_backup.new"
    else
      { echo "$value" >"$(file_of "$key")"; } 2>/dev/null || true
    fi
  done <"$sysctl_backup"
  mv -f "$sysctl_backup.new" "$sysctl_backup"
}
