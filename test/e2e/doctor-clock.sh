#!/bin/sh
# Puts a `date` before the true one that says how late it was an hour ago, or takes it away again.
set -eu
false_date=/usr/local/bin/date
if [ "$1" = break ]; then
  # shellcheck disable=SC2016 # for the new script to expand
  printf '#!/bin/sh\nexec /usr/bin/date --date="1 hour ago" "$@"\n' >"$false_date"
  chmod 755 "$false_date"
else
  rm -f "$false_date"
fi
