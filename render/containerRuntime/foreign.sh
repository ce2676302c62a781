# shellcheck shell=sh
# The files of others in places that ours take: set aside as FILE.gatebox-replaced, and put back when ours go.
containerd_file=/etc/containerd/config.toml
# Stands where containerd ran before it was configured here: it runs on when it no longer is.
# shellcheck disable=SC2034 # it is for who takes the places and leaves them
ran_before=/etc/containerd/.gatebox-ran-before

# Our files, and where they are wanted: "PLACE FILE" a line. What containerd reads is put together before it starts.
our_places() {
  echo "$containerd_file /run/gatebox/container-runtime/config.toml
/etc/crictl.yaml /etc/gatebox/container-runtime/tools/crictl.yaml
/etc/nerdctl/nerdctl.toml /etc/gatebox/container-runtime/tools/nerdctl.toml"
}

is_ours() { # PLACE
  case $(readlink "$1" 2>/dev/null) in /etc/gatebox/container-runtime/* | /run/gatebox/container-runtime/*) return 0 ;; esac
  return 1
}

# Whether a file is as its package has brought it: nobody has set anything up with it.
as_packaged() { # PLACE FILE, which stood there
  packaged=$(dpkg-query -W -f '${Conffiles}\n' 2>/dev/null | awk -v place="$1" '$1 == place { print $2; exit }')
  [ -n "$packaged" ] && [ "$(md5sum <"$2" | cut -d ' ' -f 1)" = "$packaged" ]
}

# Prints what somebody else has set up: a file in a place of ours, or Docker, whose containers are containerd's too.
foreign() {
  our_places | while read -r place _; do
    { [ -e "$place" ] || [ -L "$place" ]; } || continue
    is_ours "$place" || as_packaged "$place" "$place" || echo "$place"
  done
  if systemctl is-active --quiet docker.service 2>/dev/null; then echo 'a running docker.service'; fi
}

# Prints what of others has been set aside, or still uses containerd: it is to run on.
replaced() {
  our_places | while read -r place _; do
    if [ -e "$place.gatebox-replaced" ] && ! as_packaged "$place" "$place.gatebox-replaced"; then echo "$place"; fi
  done
  if systemctl is-active --quiet docker.service 2>/dev/null; then echo docker.service; fi
}

# Puts links to our files in their places. A file that is there is set aside, but never over one that is already.
take_places() {
  our_places | while read -r place file; do
    [ "$(readlink "$place" 2>/dev/null)" != "$file" ] || continue
    mkdir -p "${place%/*}"
    if { [ -e "$place" ] || [ -L "$place" ]; } && ! is_ours "$place" && ! [ -e "$place.gatebox-replaced" ]; then
      mv -fT "$place" "$place.gatebox-replaced"
    fi
    ln -sfn "$file" "$place.gatebox-new" && mv -fT "$place.gatebox-new" "$place"
  done
}

# Gives the places back, and what stood there.
leave_places() {
  our_places | while read -r place _; do
    rm -f "$place.gatebox-new"
    ! is_ours "$place" || rm -f "$place"
    if [ -e "$place.gatebox-replaced" ] || [ -L "$place.gatebox-replaced" ]; then
      [ -e "$place" ] || mv -fT "$place.gatebox-replaced" "$place"
    elif [ "${place%/*}" != /etc ]; then
      rmdir "${place%/*}" 2>/dev/null || :
    fi
  done
}
