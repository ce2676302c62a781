
# ---- Packages
#
# Standard input: "gatebox-packages 1", lines "package NAME", "from REPOSITORY NAME" and "mask UNIT", "end". A unit is masked while packages are
# installed, so that a distribution's default configuration never listens. Earlier versions say "hold" for "mask".
#
#   /var/lib/gatebox/package-versions   "NAME VERSION" of each package that was seen to, the newest that it had by then
#
# With "anew" a package that has an older version than that is brought up again, as far as apt has a newer one.

install_packages() { # [anew]
  anew=${1:-}
  case $anew in '' | anew) ;; *) fail "packages $anew: expected nothing or anew" ;; esac
  mkdir -p "$state" && close_places && scratch=$(mktemp -d "$locks/packages.XXXXXXXX") || fail "cannot write to $locks"
  trap finish_packages EXIT
  errors=$({ read_package_list >"$scratch/list"; } 2>&1) || fail "the list of packages is refused: $errors"
  closed_file "$locks/packages.lock" && exec 9>"$locks/packages.lock" || fail "cannot write to $locks"
  attended flock -w 300 9 && [ -z "$interrupted" ] || fail 'another installation on this host did not end within 300 s'
  unmask_units
  find_missing
  [ -z "$anew" ] || missing=$missing$(older)
  if [ -z "$missing" ]; then
    keep_versions
    echo 'already installed'
    return 0
  fi
  mask_units
  apt dpkg --configure -a --force-confdef --force-confold || apt_failed 'dpkg cannot finish an earlier installation'
  update_lists
  if ! { choose_versions && install_wanted; }; then
    # The lists may name versions that the archive has replaced meanwhile.
    apt apt-get -q update || apt_failed "these packages do not install:$missing"
    choose_versions || fail "the repository $lacking: look for its name there, or name another repository"
    install_wanted || apt_failed "these packages do not install:$missing"
  fi
  find_missing
  [ -z "$missing" ] || apt_failed "apt-get reported success, but these are not installed:$missing"
  keep_versions
  echo 'installed'
}

read_package_list() {
  awk '
    function refuse(why) { print "line " NR ": " why > "/dev/stderr"; refused = 1; exit 1 }
    ended { refuse("nothing may follow the end marker") }
    NR == 1 { if ($0 != "gatebox-packages 1") refuse("expected \"gatebox-packages 1\""); next }
    NF == 2 && $1 == "package" && $2 ~ /^[a-z0-9][a-z0-9+.-]*$/ { print; next }
    NF == 3 && $1 == "from" && $2 ~ /^[a-z][a-z0-9-]*$/ && $3 ~ /^[a-z0-9][a-z0-9+.-]*$/ { print; next }
    NF == 2 && $1 ~ /^(mask|hold)$/ && $2 ~ /^[A-Za-z0-9][A-Za-z0-9@._-]*$/ { print "mask", $2; next }
    $0 == "end" { ended = 1; next }
    { refuse("neither a package, nor a unit to mask, nor the end marker") }
    END { if (!refused && !ended) { print "cut short: the end marker is missing" > "/dev/stderr"; exit 1 } }
  '
}

# Sets missing to the listed packages that are not installed.
find_missing() {
  awk '$1 == "package" || $1 == "from" { print $NF }' "$scratch/list" | sort -u >"$scratch/wanted"
  # shellcheck disable=SC2016,SC2094 # the variables are those of dpkg-query; both only read
  missing=$(xargs -r dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' -- <"$scratch/wanted" 2>/dev/null |
      awk '$1 ~ /^[a-z]i$/ { print $2 }' | sort -u | comm -23 "$scratch/wanted" - | tr '\n' ' ')
  missing=${missing:+ ${missing% }}
}

versions() {
  # shellcheck disable=SC2016 # the variables are those of dpkg-query
  xargs -r dpkg-query -W -f='${Package} ${Version}\n' -- <"$scratch/wanted" 2>/dev/null
}

# The listed packages that had a newer version, each behind a blank.
older() {
  [ -e "$state/package-versions" ] || return 0
  versions | sort >"$scratch/versions"
  sort "$state/package-versions" | join "$scratch/versions" - | while read -r lowered is was; do
    [ "$is" = "$was" ] || ! dpkg --compare-versions "$is" lt "$was" || printf ' %s' "$lowered"
  done
}

# A version that is older than the one before is not kept: somebody has gone back to it, and `gatebox verify` says so until it is put right.
# What was seen to anew, and is as new as apt has it, is kept as it is.
keep_versions() {
  back=$(older)
  versions >"$scratch/versions"
  touch "$state/package-versions"
  if [ -n "$back" ] && [ -n "$anew" ]; then
    echo "apt has none newer:$back"
    back=''
  fi
  awk -v back="$back " '
    NR == FNR { version[$1] = $2; next }
    !($1 in version) || index(back, " " $1 " ") { print; delete version[$1] }
    END { for (name in version) print name, version[name] }
  ' "$scratch/versions" "$state/package-versions" | sort >"$state/package-versions.new" &&
    mv -f "$state/package-versions.new" "$state/package-versions" || fail "cannot write to $state"
}

apt() {
  DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 \
    attended timeout -k 30 600 "$@" >"$scratch/log" 2>&1 </dev/null 9>&- && [ -z "$interrupted" ]
}

apt_failed() {
  fail "$1
$(last_words "$scratch/log")"
}

# Sets wanted to the missing packages as apt-get is asked for them: one of a repository in the newest version that this one has,
# whatever others have under its name. Where there is none, lacking says so.
choose_versions() {
  wanted=''
  for package in $missing; do
    repository=$(awk -v package="$package" '$1 == "from" && $3 == package { print $2 }' "$scratch/list")
    if [ -n "$repository" ]; then
      version=$(newest_of "$repository" "$package")
      if [ -z "$version" ]; then
        lacking="$repository ($(sed -n 's/^URIs: //p; s/^Suites: //p' "$(source_of "$repository")" 2>/dev/null | tr '\n' ' ' |
            sed 's/ $//')) has no package $package for $(dpkg --print-architecture)"
        return 1
      fi
      package=$package=$version
    fi
    wanted="$wanted $package"
  done
}

install_wanted() {
  # shellcheck disable=SC2086 # names of packages
  apt apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install -- $wanted
}

# Asks the archive only where the lists do not know a package or are older than a day.
update_lists() {
  stamp=$state/package-lists
  # shellcheck disable=SC2086 # names of packages
  if [ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] && apt-cache show -- $missing >/dev/null 2>&1 &&
    choose_versions; then return 0; fi
  for pause in 2 10 0; do
    if apt apt-get -q update -o APT::Update::Error-Mode=any; then
      touch "$stamp"
      return 0
    fi
    [ -z "$interrupted" ] || break
    attended sleep "$pause"
  done
  # What is known already may do; if not, the installation says so in apt's words.
  return 0
}

# The file keeps its name of old: an earlier version may have been killed and have left it.
mask_units() {
  systemd_runs || return 0
  awk '$1 == "mask" { print $2 }' "$scratch/list" >"$locks/held"
  xargs -r systemctl mask --quiet --runtime -- <"$locks/held" || fail 'cannot mask the units'
}

# Also cleans up after an installation that was killed.
unmask_units() {
  [ -s "$locks/held" ] || return 0
  xargs -r systemctl unmask --quiet --runtime -- <"$locks/held" && rm -f "$locks/held"
}

finish_packages() {
  unmask_units
  rm -rf "$scratch"
}
