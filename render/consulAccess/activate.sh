#!/bin/sh
# Makes the policies and tokens of $CURRENT those of Consul, and takes away what $PREVIOUS had beside them. What others have made
# there is theirs.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/within.sh
. ../consul/api.sh
timer=gatebox-consul-snapshot.timer
management=$CURRENT/secrets/management
consul_answer=$(mktemp) || fail "cannot write to ${TMPDIR:-/tmp}"
trap 'rm -f "$consul_answer"' EXIT

said() {
  tr -d '\000-\037\177' <"$consul_answer" | cut -c 1-300
}

# A leader, and with it the first token, come some seconds after the last server.
is_let_in() {
  status=$(consul_api "$management" GET acl/token/self)
  [ "$status" = 200 ]
}

id_of_answer() {
  sed -n 's/.*"ID":"\([0-9a-f-]*\)".*/\1/p' "$consul_answer" | head -n 1
}

put_policy() { # FILE
  name=$(basename "$1" .json)
  case $(consul_api "$management" GET "acl/policy/name/$name") in
  200) status=$(consul_api "$management" PUT "acl/policy/$(id_of_answer)" "$1") ;;
  # What 1.14 says of one that there is not, it says of a token that is none, too; with one it was let in.
  403 | 404) status=$(consul_api "$management" PUT acl/policy "$1") ;;
  *) status=none ;;
  esac
  [ "$status" = 200 ] || fail "Consul does not take the policy $name: $(said)"
}

accessor_of() { # FILE
  sed -n 's/^ *"AccessorID": "\([0-9a-f-]*\)".*/\1/p' "$1"
}

put_token() { # FILE
  name=$(basename "$1" .json)
  accessor=$(accessor_of "$1")
  case $(consul_api "$management" GET "acl/token/$accessor") in
  200) status=$(consul_api "$management" PUT "acl/token/$accessor" "$1") ;;
  403 | 404) status=$(consul_api "$management" PUT acl/token "$1") ;;
  *) status=none ;;
  esac
  # Its answers to a token hold secrets.
  [ "$status" = 200 ] || fail "Consul does not take the token $name: it answers $status"
}

forget_former() {
  for file in "$PREVIOUS"/tokens/*.json; do
    [ -f "$file" ] || continue
    ! [ -f "$CURRENT/tokens/${file##*/}" ] || continue
    consul_api "$management" DELETE "acl/token/$(accessor_of "$file")" >/dev/null
  done
  for file in "$PREVIOUS"/policies/*.json; do
    [ -f "$file" ] || continue
    ! [ -f "$CURRENT/policies/${file##*/}" ] || continue
    [ "$(consul_api "$management" GET "acl/policy/name/$(basename "$file" .json)")" != 200 ] ||
      consul_api "$management" DELETE "acl/policy/$(id_of_answer)" >/dev/null
  done
}

reload_units
[ -f "$management" ] || exit 0
try_within 90 is_let_in || fail "Consul does not let the stack in, it answers $status: $(said). Where it says \"ACL not found\", its data are of a cluster that has another token: see docs/consul.md"
: >/opt/consul/gatebox-formed
for file in "$CURRENT"/policies/*.json; do put_policy "$file"; done
for file in "$CURRENT"/tokens/*.json; do
  # Policies and tokens come in units of their own. Of a host that leaves, the policy goes first: its token is about to go, too, and a
  # server that was changed before this one has taken the policy away.
  ! [ -f "$CURRENT/policies/${file##*/}" ] || put_token "$file"
done
[ -z "$PREVIOUS" ] || forget_former
systemctl is-enabled --quiet "$timer" || systemctl --quiet enable "$timer"
# A timer that runs goes by the time that it was started with.
if [ -z "$PREVIOUS" ] || ! cmp -s "$CURRENT/systemd/$timer" "$PREVIOUS/systemd/$timer"; then systemctl restart "$timer"; fi
systemctl start "$timer"
