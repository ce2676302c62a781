#!/bin/sh
# Prints the containers that run on this host, each with its process, one a line: a pod that is started again has others.
set -eu
timeout 20 ctr -n k8s.io tasks list | awk 'NR > 1 && $3 == "RUNNING" { print $1, $2 }' | sort
