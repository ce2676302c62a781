#!/bin/sh
# Is the staged tree $TREE fit to be served? The one thing that it may leave on the host is the trial pair, which nginx's
# checker needs to see.
. ../shell/fail.sh
. ../nginx/trial_pair.sh
. ../nginx/check.sh
. ../tools/users_group.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${certificate_subject:?}" "${certificate_alternatives:?}"

make_trial_pair "$certificate_subject" "$certificate_alternatives"
check_nginx "$TREE"
let_nginx_read_users "$TREE"
