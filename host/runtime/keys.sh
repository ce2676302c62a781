
# ---- Private keys, which are made on the host and never leave it
#
# A key is made once; asked for again, it is the same one. What is printed is its public part.

make_key() { # NAME
  key_file "$1"
  command -v openssl >/dev/null || fail 'making a key needs the program openssl'
  (umask 077 && mkdir -p "$state/keys") && chmod 0700 "$state/keys" || fail "cannot write to $state"
  closed_file "$state/keys/.lock" && exec 9>"$state/keys/.lock" && attended flock -w 60 9 || fail 'another key is being made'
  if ! [ -e "$key" ]; then
    errors=$({ umask 077 && timeout 30 openssl genpkey -algorithm ed25519 -out "$key.new" 9>&- && sync "$key.new" && mv -f "$key.new" "$key"; } 2>&1) ||
      fail "cannot make a key: $errors"
  fi
  timeout 30 openssl pkey -in "$key" -pubout 2>/dev/null 9>&- || fail "$key is damaged: remove it and what was made with it"
}

forget_key() { # NAME
  key_file "$1"
  rm -f "$key" "$key.new"
  ls "$state/keys"/*.pem >/dev/null 2>&1 || rm -rf "$state/keys"
  return 0
}

# Sets key to the file of a key.
key_file() { # NAME
  safe_name "$1" || fail "not the name of a key: $1"
  key=$state/keys/$1.pem
}
