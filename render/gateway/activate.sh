#!/bin/sh
# Makes HAProxy and the border use $CURRENT. HAProxy first, then the border, whichever way a port goes: if HAProxy refuses, the
# border has not been touched. A new port opens when somebody already listens behind it. A port that goes is refused for the
# moment between the two, then silent; connections of other routes are in no way touched by either step.
. ../shell/fail.sh
. ../shell/every.sh
. ../shell/same_service.sh
. ../shell/reload_units.sh
. ../haproxy/distribution.sh
. ../haproxy/listeners.sh
. ../haproxy/serve.sh
. ../stalled/run.sh
. ../frozen/run.sh
. ../border/load.sh
notes=/run/gatebox/gateway

mkdir -p "$notes"
require_free_ports "$CURRENT"
reload_units
end_frozen
serve_haproxy "$notes"
run_stalled gatebox-stalled-gateway.service "$notes"
run_frozen gatebox-frozen-gateway.service "$notes"
load_border
