#!/bin/sh
# Stands where Grafana's program is: runs the stand-in for it. Links to a Node and to the stand-in lie beside it.
exec "${0%/*}/node" --no-warnings "${0%/*}/standIn.ts" "$@"
