# shellcheck shell=sh
# Where it stands that a host is drained. The mark is the rules themselves; its first line says whether the virtual IPs go with it.
# shellcheck disable=SC2034 # they are for who sources this
mark=/var/lib/gatebox/drained locks=/run/gatebox vip=/etc/gatebox/vip unit=gatebox-drained.service
# shellcheck disable=SC2034
announcement=$locks/draining
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL
umask 022
# Whoever waits for the answer may be gone; that must not end what has begun. (Not '': children would inherit.)
trap : PIPE

stop_with() { # WORDS
  printf 'failed %s\n' "$(printf '%s' "$*" | tr '\000-\037\177' ' ' | cut -c 1-600)"
  echo end
  exit 1
}
