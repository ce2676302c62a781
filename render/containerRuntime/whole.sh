# shellcheck shell=sh
# Prints the whole configuration of containerd that TREE holds. The passwords of registries that are logged in to by token are a
# part of their own, which is a secret and need not be there. It cannot be left to containerd to import that part: of two files
# it takes a plugin's whole section from the one that it reads last.
whole_configuration() { # TREE
  cat "$1/containerd/config.toml"
  for whole_part in "$1"/containerd/logins/*.toml; do
    [ ! -f "$whole_part" ] || { echo && cat "$whole_part"; }
  done
}
