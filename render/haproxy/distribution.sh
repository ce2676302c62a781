# shellcheck shell=sh
# Which HAProxy of the host is meant: the one that the distribution's own service runs.
# shellcheck disable=SC2034 # they are for master.sh, listeners.sh, serve.sh and serves.sh
haproxy_unit=haproxy.service haproxy_unit_file=systemd/haproxy.conf haproxy_process=haproxy haproxy_master=/run/haproxy-master.sock
