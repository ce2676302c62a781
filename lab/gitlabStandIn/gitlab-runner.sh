#!/bin/sh
# A STAND-IN for gitlab-runner, which cannot be had here. It runs no jobs: `run` goes on until it is stopped, `verify` looks whether the
# token of its configuration is the one in /run/gitlab-stand-in.token, as if it asked GitLab.
set -eu
config=/etc/gitlab-runner/config.toml
case ${1:-} in
run) exec sleep infinity ;;
verify)
  [ "${2:-}" = --config ] && [ "${3:-}" = "$config" ]
  token=$(sed -n 's/^  token = "\(.*\)"$/\1/p' "$config")
  [ "$token" = "$(cat /run/gitlab-stand-in.token 2>/dev/null)" ] && exit 0
  echo "ERROR: Verifying runner... is removed  runner=$token" >&2
  echo 'FATAL: Failed to verify runners' >&2
  exit 1
  ;;
*)
  echo "gitlab-runner stand-in: unknown command $*" >&2
  exit 64
  ;;
esac
