# shellcheck shell=sh
# What containerd passes over in silence. Needs `fail`.
. ./flatten.sh

# Fails where containerd does not read the configuration FILE, or does not have one of the keys of DECLARED after that. What
# containerd answers may hold passwords, and is shown to nobody; what it complains of names keys alone.
require_keys() { # FILE DECLARED
  required=$(mktemp -d)
  if ! timeout 20 containerd --config "$1" config dump >"$required/dump" 2>"$required/words"; then
    required_words=$(tail -n 3 "$required/words")
    rm -rf "$required"
    fail "containerd does not take the configuration: $required_words"
  fi
  flatten <"$required/dump" >"$required/read"
  required_lost=$(awk '
    NR == FNR { read[$0] = 1; key = $0; sub(/=.*/, "", key); value = $0; sub(/^[^=]*=/, "", value); values[key] = value; next }
    !($0 in read) {
      key = $0
      sub(/=.*/, "", key)
      name = key
      sub(/^plugins\//, "", name)
      if (key in values) print name " is " values[key] " there, not " substr($0, length(key) + 2)
      else print name
    }' "$required/read" "$2" | head -n 5)
  rm -rf "$required"
  [ -z "$required_lost" ] || fail "this version of containerd ($(containerd_version)) passes over what is declared without a word; take it out of containerRuntime.settings, or write what this version knows:
$required_lost"
}

# For example 1.6.20; Debian and others add words of their own.
containerd_version() {
  timeout 10 containerd --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1
}
