#!/bin/sh
# with-node.sh FILE ARGS…: runs a TypeScript file of this project with a Node that can, after its packages are installed.
# Standard input belongs to the file: nothing here reads from it.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
modules=$root/node_modules

# npm writes this file at the end: older than the lock file means that the packages are not those that it names.
installed() {
  [ -f "$modules/.package-lock.json" ] &&
    [ -z "$(find "$root/package-lock.json" -newer "$modules/.package-lock.json")" ]
}

install_packages() {
  installed && return 0
  command -v npm >/dev/null || {
    echo "This project needs npm (Debian and Ubuntu: apt-get install npm); it brings the right Node itself." >&2
    exit 2
  }
  echo "Installing the project's npm packages (first run, or package-lock.json has changed) …" >&2
  (cd "$root" && npm ci --no-audit --no-fund --foreground-scripts=false </dev/null >&2)
  touch "$modules/.package-lock.json"
}

# Native TypeScript without a flag: Node 22.18 and later.
new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' \
    </dev/null >/dev/null 2>&1
}

if ! installed; then
  if command -v flock >/dev/null; then
    # Two first runs at once: the second waits and finds the packages there.
    exec 9<"$root/package-lock.json"
    flock 9
    install_packages 9<&-
    exec 9<&-
  else
    install_packages
  fi
fi

# Code that Node has compiled once: most commands of this project live for seconds, of which that is a good part.
: "${NODE_COMPILE_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/gatebox/node}"
export NODE_COMPILE_CACHE

for node in "$modules/.bin/node" node; do
  if new_enough "$node"; then
    exec "$node" "$@"
  fi
done
echo "No Node of version 22.18 or later: neither the project's own ($modules/.bin/node) nor the machine's." >&2
exit 2
