#!/bin/sh
# Do HAProxy and the border serve $CURRENT? HAProxy runs what was loaded last and that is the current tree, its worker listens
# on every declared port, it answers on its metrics address, and the border has exactly the declared ports.
. ../shell/fail.sh
. ../shell/until.sh
. ../haproxy/listeners.sh
. ../haproxy/serves.sh
. ../border/stands.sh

gateway_serves() {
  haproxy_serves /run/gatebox/gateway && border_stands
}
try_until 30 0.2 gateway_serves || fail "$wrong"
