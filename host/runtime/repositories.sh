
# ---- Repositories of packages
#
# Standard input: "gatebox-repository 1", lines "name NAME", "box BOX", "user USER", "url URL", "suite SUITE", "component COMPONENT",
# "key" and the key's lines behind "|" each, "end". Several users may name one repository; with the last its source and its key go.

add_repository() {
  open_repository
  for other in "$claims"/*/; do
    [ -d "$other" ] && [ "$other" != "$claims/$box/" ] || continue
    cmp -s "$scratch/source" "$source" && cmp -s "$scratch/key" "$keyring" ||
      fail "the box $(basename "$other") has declared the repository $name otherwise on this host: give this one another name"
  done
  claim_repository
  if cmp -s "$scratch/source" "$source" && cmp -s "$scratch/key" "$keyring" && lists_are_there; then
    echo 'already there'
    return 0
  fi
  trust_https
  keep_former_repository
  if put_in_place "$scratch/source" "$source" && put_in_place "$scratch/key" "$keyring" && [ -z "$interrupted" ] &&
    apt apt-get indextargets && only_from update -q -o APT::Update::Error-Mode=any; then
    echo 'added'
    return 0
  fi
  bring_former_repository
  apt_failed "apt does not take the repository $name ($url $suite)"
}

remove_repository() {
  open_repository
  rm -f "$claims/$box/$user"
  rmdir "$claims/$box" "$claims" 2>/dev/null
  if [ -d "$claims" ]; then
    echo 'kept: others name it'
    return 0
  fi
  rm -f "$source" "$keyring"
  rmdir "$state/repositories" 2>/dev/null
  echo 'removed'
}

# Reads standard input, under the lock of packages. Sets name, box, user, url, suite and the places.
open_repository() {
  mkdir -p "$state" && close_places && scratch=$(mktemp -d "$locks/packages.XXXXXXXX") || fail "cannot write to $locks"
  trap 'rm -rf "$scratch"' EXIT
  errors=$({ read_repository >"$scratch/list"; } 2>&1) || fail "the repository is refused: $errors"
  name=$(repository_field name)
  box=$(repository_field box)
  user=$(repository_field user)
  url=$(repository_field url)
  suite=$(repository_field suite)
  source=$(source_of "$name")
  keyring=$root/etc/apt/keyrings/gatebox-$name.asc
  claims=$state/repositories/$name
  sed -n 's/^|//p' "$scratch/list" >"$scratch/key"
  write_source >"$scratch/source"
  closed_file "$locks/packages.lock" && exec 9>"$locks/packages.lock" || fail "cannot write to $locks"
  attended flock -w 300 9 && [ -z "$interrupted" ] || fail 'another installation on this host did not end within 300 s'
}

read_repository() {
  awk '
    function refuse(why) { print "line " NR ": " why > "/dev/stderr"; refused = 1; exit 1 }
    ended { refuse("nothing may follow the end marker") }
    NR == 1 { if ($0 != "gatebox-repository 1") refuse("expected \"gatebox-repository 1\""); next }
    NF == 2 && $1 ~ /^(name|box|user)$/ && $2 ~ /^[A-Za-z0-9][A-Za-z0-9._-]*$/ && !said[$1]++ { print; next }
    NF == 2 && $1 == "url" && $2 ~ /^https?:\/\/[][A-Za-z0-9.:\/_~-]+$/ && !said[$1]++ { print; next }
    NF == 2 && $1 == "suite" && $2 ~ /^[A-Za-z0-9._~+\/-]+$/ && !said[$1]++ { print; next }
    NF == 2 && $1 == "component" && $2 ~ /^[A-Za-z0-9._~+\/-]+$/ { print; next }
    $0 == "key" && !said[$1]++ { next }
    said["key"] && /^\|[A-Za-z0-9+\/= -]*$/ { print; next }
    $0 == "end" { ended = 1; next }
    { refuse("no part of a repository") }
    END {
      if (refused) exit 1
      if (!ended) { print "cut short: the end marker is missing" > "/dev/stderr"; exit 1 }
      if (!said["name"] || !said["box"] || !said["user"] || !said["url"] || !said["suite"] || !said["key"]) {
        print "a field is missing" > "/dev/stderr"
        exit 1
      }
    }
  '
}

repository_field() { # FIELD
  awk -v field="$1" '$1 == field { print $2 }' "$scratch/list"
}

source_of() { # NAME
  printf '%s\n' "$root/etc/apt/sources.list.d/gatebox-$1.sources"
}

# As sources.list(5) has it: of all keys of the host, this one alone counts for this repository.
write_source() {
  components=$(repository_field component | tr '\n' ' ')
  printf '# Made by Gatebox.\nTypes: deb\nURIs: %s\nSuites: %s\n' "$url" "$suite"
  [ -z "$components" ] || printf 'Components: %s\n' "${components% }"
  printf 'Signed-By: %s\n' "$keyring"
}

claim_repository() {
  (umask 077 && mkdir -p "$claims/$box") && : >"$claims/$box/$user" || fail "cannot write to $state"
}

# Where the host cannot check certificates of servers yet, the distribution's own repositories bring what can.
trust_https() {
  case $url in https:*) ;; *) return 0 ;; esac
  [ ! -e "$root/etc/ssl/certs/ca-certificates.crt" ] || return 0
  wanted=ca-certificates
  install_wanted || { apt apt-get -q update && install_wanted; } || apt_failed 'ca-certificates does not install, which https needs'
}

put_in_place() { # FILE PLACE
  mkdir -p "${2%/*}" && cp "$1" "$2.new" && chmod 0644 "$2.new" && mv -f "$2.new" "$2"
}

keep_former_repository() {
  [ ! -e "$source" ] || cp "$source" "$scratch/former-source"
  [ ! -e "$keyring" ] || cp "$keyring" "$scratch/former-key"
}

# The words of apt stay for the message.
bring_former_repository() {
  returning=1
  if [ -e "$scratch/former-source" ] && [ -e "$scratch/former-key" ]; then
    put_in_place "$scratch/former-source" "$source" && put_in_place "$scratch/former-key" "$keyring"
  else
    rm -f "$source" "$source.new" "$keyring" "$keyring.new" "$claims/$box/$user"
    rmdir "$claims/$box" "$claims" "$state/repositories" 2>/dev/null
  fi
  returning=''
}

# apt-get with this one source, whatever others there are; what is known of these stays.
only_from() { # VERB OPTION…
  apt apt-get -o "Dir::Etc::sourcelist=$source" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 \
    -o Acquire::Retries=3 "$@"
}

lists_are_there() {
  # shellcheck disable=SC2016 # what apt fills in
  timeout 60 apt-get -o "Dir::Etc::sourcelist=$source" -o Dir::Etc::sourceparts=- indextargets \
    --format '$(FILENAME)' 'Created-By: Packages' >"$scratch/lists" 2>/dev/null 9>&- || return 1
  while read -r list; do
    [ -e "$list" ] || return 1
  done <"$scratch/lists"
}

# The newest version of a package in one repository; nothing where it has none.
newest_of() { # REPOSITORY PACKAGE
  timeout 60 apt-cache -o "Dir::Etc::sourcelist=$(source_of "$1")" -o Dir::Etc::sourceparts=- -o Dir::Cache::pkgcache= \
    -o Dir::Cache::srcpkgcache= madison -- "$2" 2>/dev/null 9>&- | awk -F ' *[|] *' 'NR == 1 { print $2 }'
}
