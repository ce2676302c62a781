#!/bin/sh
# Makes nginx use $CURRENT.
. ../shell/fail.sh
. ../shell/until.sh
. ../shell/same_service.sh
. ../shell/reload_units.sh
. ../nginx/serve.sh
. ../nginx/spool.sh
. ../stalled/run.sh
. ../frozen/run.sh
notes=/run/gatebox/webserver

mkdir -p "$notes"
reload_units
run_spool "$notes"
end_frozen
serve_nginx "$notes"
run_stalled gatebox-stalled-webserver.service "$notes"
run_frozen gatebox-frozen-webserver.service "$notes"
