# shellcheck shell=sh
# Which HAProxy of the host is meant: the load balancer of the API, beside which the distribution's own service may run.
# shellcheck disable=SC2034 # they are for the scripts of HAProxy
haproxy_unit=gatebox-control-plane.service haproxy_unit_file=systemd/gatebox-control-plane.service
# shellcheck disable=SC2034
haproxy_process=kube_api_proxy haproxy_master=/run/gatebox/control-plane/master.sock
