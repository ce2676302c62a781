# shellcheck shell=sh
# Would clients that come by the virtual IP take the certificates of the API servers? And may a load balancer ask these whether
# they are ready? An API server that cannot be reached is passed over: a load balancer is there before the first master is.
# Needs `fail` and the settings api_servers, api_address and api_names.
: "${api_servers:?}" "${api_address:?}" "${api_names?}"

# Prints what an API server shows and answers; bounded, whatever hangs.
ask_api_server() { # ENDPOINT
  printf 'GET /readyz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${api_names%% *}" |
    timeout 4 openssl s_client -connect "$1" -CAfile haproxy/ca.pem ${api_names:+-servername "${api_names%% *}"} -ign_eof 2>/dev/null || true
}

# Prints the names and addresses, each behind a blank, that the certificate does not carry.
lacking_names() { # CERTIFICATE
  printf '%s\n' "$1" | openssl x509 -noout -checkip "$api_address" 2>/dev/null | grep -q ' does match ' || printf ' %s' "$api_address"
  for name in $api_names; do
    printf '%s\n' "$1" | openssl x509 -noout -checkhost "$name" 2>/dev/null | grep -q ' does match ' || printf ' %s' "$name"
  done
}

# Prints a line for each fault of an API server.
api_server_faults() { # MASTER ENDPOINT
  said=$(ask_api_server "$2")
  certificate=$(printf '%s\n' "$said" | sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p')
  if [ -z "$certificate" ]; then
    echo "$1 ($2) shows no certificate: not looked at" >&3
    return 0
  fi
  verified=$(printf '%s\n' "$said" | sed -n 's/^ *Verify return code: //p' | tail -n 1)
  case $verified in
  '0 '*) ;;
  *) echo "the certificate of $1 ($2) is not taken by the cluster's CA: $verified" ;;
  esac
  lacking=$(lacking_names "$certificate")
  [ -z "$lacking" ] ||
    echo "the certificate of $1 ($2) does not carry$lacking: clients that come by the virtual IP refuse it. Have it issued with them (kubeadm: apiServer.certSANs, then kubeadm init phase certs apiserver)"
  case $(printf '%s\n' "$said" | sed -n 's|^HTTP/1\.[01] \([0-9]*\).*|\1|p' | head -n 1) in
  401 | 403) echo "$1 ($2) answers nobody on /readyz without a name: it has to allow anonymous requests there, as kube-apiserver does by default" ;;
  esac
}

check_certificates() {
  faults=$(for server in $api_servers; do api_server_faults "${server%%=*}" "${server#*=}"; done) 3>&1
  [ -z "$faults" ] || fail "$faults"
}
