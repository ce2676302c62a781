# shellcheck shell=sh
# What GitLab is configured with, and by what it is known. A place is a directory with gitlab.rb and, in secrets/, the files that this
# reads from /etc/gitlab/gatebox: a tree is one, and so is what was last in force, which is kept. Needs `fail`.

# What `gitlab-ctl reconfigure` was last done with, for as long as there is what it has made.
notes=/var/opt/gitlab/gatebox
good=$notes/in-force

# The names of the secrets that a configuration reads.
secrets_of() { # PLACE
  sed -n "s,.*File\\.read('/etc/gitlab/gatebox/\\([a-z-]*\\)').*,\\1,p" "$1/gitlab.rb"
}

# Whether all that a configuration reads is there: secrets come after it, in a transaction of their own.
is_whole() { # PLACE
  [ -f "$1/gitlab.rb" ] || return 1
  for secret in $(secrets_of "$1"); do [ -f "$1/secrets/$secret" ] || return 1; done
}

# What to configure by: what is live, or what was in force where that still waits for a secret. Nothing where there is neither.
to_configure() { # TREE
  if is_whole "$1"; then echo "$1"; elif is_whole "$good"; then echo "$good"; fi
}

# A number for a configuration and the secrets that it reads.
number_of() { # PLACE
  {
    cat "$1/gitlab.rb"
    for secret in $(secrets_of "$1"); do sha256sum <"$1/secrets/$secret"; done
  } | sha256sum | cut -d ' ' -f 1
}

# Copies a configuration to where it is read, root's alone, each file by rename.
put() { # PLACE DIRECTORY-OF-GITLAB.RB DIRECTORY-OF-SECRETS
  (
    umask 077
    mkdir -p "$2" "$3" && chmod 0700 "$3" || exit 1
    for secret in $(secrets_of "$1"); do put_file "$1/secrets/$secret" "$3/$secret" || exit 1; done
    put_file "$1/gitlab.rb" "$2/gitlab.rb" || exit 1
    # Those that nothing reads any more go.
    for there in "$3"/*; do
      if [ -f "$there" ] && ! secrets_of "$1" | grep -qx "${there##*/}"; then rm -f "$there"; fi
    done
  )
}

put_file() { # FILE PLACE
  cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = 600 ] && return 0
  rm -f "$2.new" && cat "$1" >"$2.new" && sync "$2.new" && mv -f "$2.new" "$2"
}
