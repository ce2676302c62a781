#!/bin/sh
# Backs GitLab up: first what is in it, then its configuration with the keys without which the former cannot be read. Each removes
# what is older than gitlab.rb says, once the new one is there.
set -eu
# shellcheck source=/dev/null
. /etc/gatebox/gitlab/lifecycle/settings
: "${data:?}"
PATH=$PATH:/opt/gitlab/bin

sh /etc/gatebox/gitlab/scripts/mounted.sh
timeout -k 60 11h gitlab-backup create CRON=1
timeout -k 60 600 gitlab-ctl backup-etc --backup-path "$data/config-backups" --delete-old-backups
