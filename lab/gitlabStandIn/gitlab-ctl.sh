#!/bin/sh
# A STAND-IN for gitlab-ctl of GitLab's package, which cannot be had here. It is no GitLab: `reconfigure` reads gitlab.rb by Ruby as
# the package does, makes what a test looks for, and starts a program that answers /-/readiness. It notes each call.
set -eu
here=/opt/gitlab/stand-in
calls=/var/log/gitlab-stand-in.calls
echo "$*" >>"$calls"

case ${1:-} in
reconfigure)
  # As the package: users and keys are made once.
  mkdir -p /etc/gitlab /var/opt/gitlab
  [ -f /etc/gitlab/gitlab-secrets.json ] || (umask 077 && echo '{"stand-in": true}' >/etc/gitlab/gitlab-secrets.json)
  (umask 077 && ruby "$here/read.rb" /etc/gitlab/gitlab.rb >/var/opt/gitlab/configuration.json.new)
  mv -f /var/opt/gitlab/configuration.json.new /var/opt/gitlab/configuration.json
  mkdir -p "$(ruby "$here/value.rb" gitaly configuration storage 0 path)"
  # What a test wants to see happen in the middle of it.
  if [ -f /run/gitlab-stand-in.fails ]; then
    cat /run/gitlab-stand-in.fails >&2
    exit 1
  fi
  systemctl restart gitlab-runsvdir.service
  echo 'gitlab Reconfigured!'
  ;;
backup-etc)
  [ "${2:-}" = --backup-path ] && [ "${4:-}" = --delete-old-backups ]
  (umask 077 && mkdir -p "$3" && tar -cf "$3/gitlab_config_1.tar" -C / etc/gitlab)
  ;;
*)
  echo "gitlab-ctl stand-in: unknown command $*" >&2
  exit 64
  ;;
esac
