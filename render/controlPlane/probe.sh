#!/bin/sh
# Does the load balancer serve $CURRENT? It runs what was loaded last, listens at the virtual IP and answers for itself. Whether
# an API server is up is not asked: it may be there before the first of them is.
. ../shell/fail.sh
. ../shell/every.sh
. ./instance.sh
. ../haproxy/listeners.sh
. ../haproxy/serves.sh

serves() {
  haproxy_serves /run/gatebox/control-plane || return 1
  wrong='gatebox-control-plane-sessions.service is not running'
  systemctl is-active --quiet gatebox-control-plane-sessions.service
}
try_every 0.2 20 serves || fail "$wrong"
