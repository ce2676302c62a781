#!/bin/sh
# As the package does: what is configured stays.
set -e
mkdir -p /etc/gitlab
[ -e /etc/gitlab/gitlab.rb ] || (umask 077 && cp /opt/gitlab/etc/gitlab.rb.template /etc/gitlab/gitlab.rb)
