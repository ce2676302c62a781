# shellcheck shell=sh
# Does a registry let us in? Passwords are in files of curl's that root alone can read: on no command line, and in no answer.
. ../shell/until.sh

# A value of the file that containerd's drop-in is: the proxy that it pulls through.
drop_in_variable() { # NAME
  sed -n "s/^Environment=\"$1=\\(.*\\)\"\$/\\1/p" "$CURRENT/systemd/containerd.conf"
}

# Asks URL with the options of curl that follow; the answer's head and body are in $login_answer. Prints its status.
ask_registry() { # OPTIONS...
  https_proxy=$(drop_in_variable HTTPS_PROXY) http_proxy=$(drop_in_variable HTTP_PROXY) no_proxy=$(drop_in_variable NO_PROXY) \
    curl -sS -m 5 -D "$login_answer/head" -o "$login_answer/body" -w '%{http_code}' "$@" 2>"$login_answer/words"
}

# What the registry itself said, in one line of printable characters.
registry_words() {
  tr -d '\000-\037\177' <"$login_answer/body" 2>/dev/null | cut -c 1-300
}

# Whether there is an answer that will be the same in a second: any but those of a registry that is about to start.
settled() { # OPTIONS...
  login_fault=0
  status=$(ask_registry "$@") || login_fault=$?
  case $login_fault:$status in
  0:[1-4]??) return 0 ;;
  # A certificate that is not taken, or that is not there.
  35:* | 51:* | 58:* | 60:* | 77:*) return 0 ;;
  esac
  return 1
}

# Fails with the registry's words unless it lets us in. FILE is the one of curl; its first line says how, and where.
require_login() { # FILE
  read -r _ login_way login_url <"$1"
  login_answer=$(mktemp -d)
  trap 'rm -rf "$login_answer"' EXIT
  # Where tokens are to be had the registry says to whoever comes without a password.
  login_first=$1
  if [ "$login_way" = token ]; then
    login_first=$login_answer/without
    sed '/^user = /d' "$1" >"$login_first"
  fi
  if ! try_until 4 1 settled -K "$login_first" "$login_url" || [ "$login_fault" != 0 ]; then
    fail "$login_url cannot be asked whether the password is right: $(case $status in 000) ;; *) echo "it answers $status " ;; esac)$(cat "$login_answer/words" 2>/dev/null) $(registry_words); see to the registry, or write checked: false for one that comes later"
  fi
  if [ "$login_way" = token ]; then take_token "$1"; fi
  challenge=$(sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate:[[:blank:]]*\([A-Za-z]*\).*/\1/p' "$login_answer/head" | head -n 1)
  case $status:$login_way:$challenge in
  200:*) ;;
  401:basic:[Bb]earer) fail "$login_url wants a token: write authentication: token for this registry" ;;
  401:token:[Bb]asic) fail "$login_url wants the password itself: write authentication: basic for this registry" ;;
  *)
    # Another password comes in a unit of its own, after this one, where the registry has it already: that unit is judged by it.
    is_as_before "$1" || fail "$login_url refuses the user or the password (status $status): $(registry_words)"
    ;;
  esac
  rm -rf "$login_answer"
}

# Whether a login is none of what this transaction changes.
is_as_before() { # FILE
  [ -n "${PREVIOUS:-}" ] && cmp -s "$1" "$PREVIOUS/login/${1##*/}"
}

# Asks for a token where the registry says (its answer is in $login_answer), with the password.
take_token() { # FILE
  [ "$status" = 401 ] || return 0
  realm=$(challenge_value realm)
  [ -n "$realm" ] || return 0
  # Where the password goes next the registry says: nowhere else than by TLS.
  case $realm in
  https://*) ;;
  *) fail "$login_url sends for tokens where there is no TLS, and the password would be read on the way: $(printf '%s' "$realm" | tr -d '\000-\037\177' | cut -c 1-100); have the registry name an https:// address (realm)" ;;
  esac
  service=$(challenge_value service)
  status=$(ask_registry -K "$1" -G --data-urlencode "service=$service" --data-urlencode 'account=gatebox' --url "$realm") || status=000
}

challenge_value() { # NAME
  sed -n "s/^[Ww][Ww][Ww]-[Aa]uthenticate:[[:blank:]]*[Bb]earer .*$1=\"\\([^\"]*\\)\".*/\\1/p" "$login_answer/head" | head -n 1
}
