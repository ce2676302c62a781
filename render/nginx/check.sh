# shellcheck shell=sh
# Refuses a configuration that nginx refuses; its checker also sees that certificate and key belong together. A port that another
# program holds is found here, since nginx's checker looks past it. Needs `fail`.
check_nginx() { # TREE
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  nginx -t -q -c "$1/nginx/nginx.conf" -g "pid $work/pid;" || fail 'nginx refuses the configuration'

  for port in 80 443; do
    holder=$(ss -Hltnp "sport = :$port" | grep -vF '"nginx"' | head -n 1) || true
    [ -z "$holder" ] || fail "port $port is already taken: $holder"
  done
}
