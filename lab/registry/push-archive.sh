#!/bin/sh
# Puts the first image of an archive (docker save) into a registry as clients do: each blob in two parts, begun, gone on with and
# ended in requests of their own, which may come to different hosts of the registry. Arguments: URL ADDRESS CA ARCHIVE NAME TAG; the
# standard input is "USER:PASSWORD". Prints the digests of the image's configuration and of its layer.
set -eu
url=$1 address=$2 ca=$3 archive=$4 name=$5 tag=$6
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read -r login
printf 'user = "%s"\n' "$login" >"$work/login"
tar -xf "$archive" -C "$work"
host=${url#https://}

ask() {
  curl -sS -m 30 --noproxy '*' --resolve "$host:443:$address" --cacert "$ca" -K "$work/login" -D "$work/head" "$@" || return
  status=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$work/head" | tail -n 1)
  case $status in 2??) ;; *) cat "$work/head" >&2 && return 1 ;; esac
}

# Where an upload goes on, as the last answer says.
place() {
  place=$(tr -d '\r' <"$work/head" | sed -n 's/^[Ll]ocation: //p')
  case $place in /*) echo "$url$place" ;; *) echo "$place" ;; esac
}

blob() { # FILE DIGEST
  size=$(wc -c <"$1" | tr -d ' ')
  half=$((size / 2))
  head -c "$half" "$1" >"$work/first"
  tail -c "+$((half + 1))" "$1" >"$work/second"
  type='Content-Type: application/octet-stream'
  ask -X POST -d '' "$url/v2/$name/blobs/uploads/" >&2
  ask -X PATCH -H "$type" -H "Content-Range: 0-$((half - 1))" --data-binary "@$work/first" "$(place)" >&2
  ask -X PATCH -H "$type" -H "Content-Range: $half-$((size - 1))" --data-binary "@$work/second" "$(place)" >&2
  end=$(place)
  case $end in *\?*) end="$end&" ;; *) end="$end?" ;; esac
  ask -X PUT -H "$type" -d '' "${end}digest=sha256:$2" >&2
}

# The names of the files in an archive are their digests.
config=$(sed 's/^\[{"Config":"\([0-9a-f]*\)\.json".*/\1/' "$work/manifest.json")
layer=$(sed 's/^[^]]*],"Layers":\["\([0-9a-f]*\)\.tar".*/\1/' "$work/manifest.json")
blob "$work/$layer.tar" "$layer"
blob "$work/$config.json" "$config"
type=application/vnd.oci.image
cat >"$work/manifest" <<MANIFEST
{"schemaVersion":2,"mediaType":"$type.manifest.v1+json",
 "config":{"mediaType":"$type.config.v1+json","digest":"sha256:$config","size":$(wc -c <"$work/$config.json")},
 "layers":[{"mediaType":"$type.layer.v1.tar","digest":"sha256:$layer","size":$(wc -c <"$work/$layer.tar")}]}
MANIFEST
ask -X PUT -H "Content-Type: $type.manifest.v1+json" --data-binary "@$work/manifest" "$url/v2/$name/manifests/$tag" >&2
echo "$config $layer"
