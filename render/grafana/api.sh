# shellcheck shell=sh
# Asks Grafana's API as the user admin, whose password is on no command line. The settings of the tree are read before.

# Prints the answer to GET api/PATH; fails for what is not 200.
# shellcheck disable=SC2154
grafana_api() { # PATH
  sed 's/[\\"]/\\&/g; s/^/user = "admin:/; s/$/"/' "$CURRENT/secrets/admin-password" |
    curl -s -f --noproxy '*' -m 10 -K - "http://$address:$port${path}api/$1"
}

# Whether it answers and has its database. Anybody may ask that.
# shellcheck disable=SC2154
grafana_is_up() {
  curl -s --noproxy '*' -m 5 "http://$address:$port${path}api/health" | tr -d ' \n' | grep -q '"database":"ok"'
}
