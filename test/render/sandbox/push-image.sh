#!/bin/sh
# Puts an image into a registry by its API: /bin/sleep and what it needs. Arguments: URL USER:PASSWORD CA NAME.
set -eu
url=$1 login=$2 ca=$3 name=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ask() {
  curl -sS -f -m 20 --cacert "$ca" -u "$login" "$@"
}

# Prints the digest of a file that it has put there.
blob() { # FILE
  digest=sha256:$(sha256sum "$1" | cut -d ' ' -f 1)
  place=$(ask -X POST -o /dev/null -D - "$url/v2/$name/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  case $place in /*) place=$url$place ;; esac
  case $place in *\?*) place="$place&digest=$digest" ;; *) place="$place?digest=$digest" ;; esac
  ask -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "$place" >/dev/null
  echo "$digest"
}

size() { # FILE
  wc -c <"$1" | tr -d ' '
}

set -- /bin/sleep
for library in $(ldd /bin/sleep | grep -o '/[^ ]*'); do set -- "$@" "$library"; done
tar -chf "$work/layer.tar" -C / "$@" 2>/dev/null
layer=$(blob "$work/layer.tar")
printf '{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sleep","1000"]},"rootfs":{"type":"layers","diff_ids":["%s"]}}' "$layer" >"$work/config"
config=$(blob "$work/config")
type=application/vnd.oci.image
cat >"$work/manifest" <<MANIFEST
{"schemaVersion":2,"mediaType":"$type.manifest.v1+json",
 "config":{"mediaType":"$type.config.v1+json","digest":"$config","size":$(size "$work/config")},
 "layers":[{"mediaType":"$type.layer.v1.tar","digest":"$layer","size":$(size "$work/layer.tar")}]}
MANIFEST
ask -X PUT -H "Content-Type: $type.manifest.v1+json" --data-binary "@$work/manifest" "$url/v2/$name/manifests/1" >/dev/null
