#!/bin/sh
# Notes how the API servers are, for the process that a reload is about to start.
set -u
. ./instance.sh
. ../haproxy/master.sh
. ./states.sh

keep_states /etc/gatebox/control-plane /run/gatebox/control-plane
