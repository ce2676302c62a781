#!/bin/sh
# Does Grafana let admin in, and has it the data sources and the very dashboards of $CURRENT? A malformed one it leaves out, and says
# so in its log alone.
. ../shell/fail.sh
. ../shell/within.sh
. ./api.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${unit:?}" "${address:?}" "${port:?}" "${path:?}" "${sources:?}"

[ -f "$CURRENT/secrets/admin-password" ] && [ -f "$CURRENT/secrets/secret-key" ] || exit 0

answers() {
  wrong="$unit is not running"
  systemctl is-active --quiet "$unit" || return 1
  wrong="Grafana does not answer on http://$address:$port${path}api/health that it has its database"
  grafana_is_up
}

has_dashboards() {
  while read -r uid mark; do
    wrong="Grafana has not taken the dashboard $uid: journalctl -u $unit says why"
    grafana_api "dashboards/uid/$uid" | grep -qF "\"gatebox\":\"$mark\"" || return 1
  done <"$CURRENT/lifecycle/dashboards"
}

try_within 30 answers || fail "$wrong"
# One try: after several wrong ones it would refuse the right one as well.
grafana_api user >/dev/null ||
  fail "Grafana does not let admin in with the password of the stack; after several wrong ones it refuses every one for five minutes"
for source in $sources; do
  grafana_api "datasources/uid/$source" >/dev/null || fail "Grafana does not have the data source $source: journalctl -u $unit says why"
done
try_within 25 has_dashboards || fail "$wrong"
